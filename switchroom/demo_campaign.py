"""The demo's campaign from its beginning to its verdict: begun when the first phone has rung, held against the carrier.

It does not know how a law is agreed to or a list brought in (`switchroom/outside/campaigner.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any, Final

from switchroom.demo_lab import campaign_page
from switchroom.demo_summary import CampaignShown
from switchroom.outside.backoffice import insist
from switchroom.outside.campaign_floor import CAMPAIGN, LAW
from switchroom.outside.campaign_tally import compare_campaign
from switchroom.outside.campaigner import Campaigner
from switchroom.outside.customers import as_csv, draw

if TYPE_CHECKING:
    from switchroom.outside.campaign_tally import CampaignAgreement
    from switchroom.outside.carrier_director import CarrierDirector
    from switchroom.outside.stage import Stage

CUSTOMERS: Final = 300
_WAITS: Final = 6.0  # seconds for a first ring, which the campaign's beginning must not delay
_SETTLE: Final = 20.0
_AGAIN: Final = 0.5


class DemoCampaign:
    """One campaign of one demo; nothing where the floor has none. `may_begin` is set at the first ring."""

    def __init__(self, stage: Stage, director: CarrierDirector, seed: int, since: float) -> None:
        self.may_begin = asyncio.Event()
        self._stage = stage
        self._director = director
        self._since = since
        self._campaigner: Campaigner | None = None
        if stage.campaign.borrowed:
            self._campaigner = Campaigner(stage.offices, as_csv(draw(CUSTOMERS, seed)))
        self._beginning: asyncio.Task[None] | None = None

    def open(self) -> None:
        """The demo has begun."""
        if self._campaigner is not None:
            self._beginning = asyncio.create_task(self._begin(self._campaigner))

    async def _begin(self, campaigner: Campaigner) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.may_begin.wait(), _WAITS)
        await campaigner.begin()

    async def view(self) -> dict[str, Any] | None:
        """How it stands now."""
        return None if self._campaigner is None else await self._campaigner.view()

    async def close(self, within: float) -> bool:
        """The demo is over: dial nobody new, and wait for those who are on the line. False where some stay there."""
        if self._campaigner is None or self._beginning is None:
            return True
        self.may_begin.set()
        self._campaigner.is_wanted = False
        await self._beginning
        return await self._campaigner.end(within)

    async def shown(self, *, disturbed: bool) -> tuple[CampaignShown | None, list[str]]:
        """What both sides counted, and the differences as sentences. Raises TimeoutError when nobody answers."""
        campaigner = self._campaigner
        if campaigner is None:
            return None, []
        agreement = await self._compared(campaigner, disturbed=disturbed)
        differences = [f"campaign {CAMPAIGN}: {one}" for one in agreement.differences]
        if campaigner.fault:
            differences.append(f"campaign {CAMPAIGN} could not be begun: {campaigner.fault}")
        shown = CampaignShown(
            CAMPAIGN, LAW, campaign_page(self._stage), CUSTOMERS, campaigner.is_running, agreement.server,
            agreement.carrier, agreement.outcomes, not differences,
        )  # fmt: skip
        return shown, differences

    async def _compared(self, campaigner: Campaigner, *, disturbed: bool) -> CampaignAgreement:
        """The carrier writes a customer's account when his channel is gone, which may be a moment after our word."""
        deadline = time.monotonic() + _SETTLE
        while True:
            dials = await insist(lambda: campaigner.dials(self._since), _SETTLE)
            await self._director.gather()
            agreement = compare_campaign(dials, self._director.customers.values(), disturbed=disturbed)
            if not agreement.differences or time.monotonic() > deadline:
                return agreement
            await asyncio.sleep(_AGAIN)
