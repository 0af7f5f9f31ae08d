"""Who runs the demo's campaign, over HTTP as people at their pages would: law, list, start; and the last word, pause.

It knows nothing of the server's insides. The server may be killed at any moment: what was done is looked for before it
is done again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from switchroom.outside.backoffice import Refused, insist
from switchroom.outside.campaign_floor import CAMPAIGN, LAW, LIST, REGION
from switchroom.outside.campaign_tally import Dial

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from switchroom.outside.backoffice import BackOffice

_PATIENCE: Final = 240.0
_WHY: Final = "the demo's customers are played by its carrier"
_AIR: Final = ("dialling", "listening", "waiting", "talking")
MOST: Final = 1000  # attempts that are asked for at once


@dataclass(frozen=True, slots=True)
class Offices:
    """The people of the demo: two administrators who agree to its law, and a supervisor who watches."""

    first: BackOffice
    second: BackOffice
    supervisor: BackOffice


class Campaigner:
    """One campaign of one demo. `fault` says why it could not be begun, "" while nothing speaks against it.

    `is_wanted` False: the demo is over, nothing more is begun.
    """

    def __init__(self, offices: Offices, customers: bytes) -> None:
        self._offices = offices
        self._customers = customers
        self._upload = ""
        self.is_wanted = True
        self.is_running = False
        self.fault = ""

    async def begin(self) -> None:
        """Put the law in force, bring the list in, start. Tries until it is done; a refusal is the end of it."""
        try:
            for step in (self._agree, self._bring, self._start):
                if not await insist(lambda step=step: self._unless_over(step), _PATIENCE):
                    return
            self.is_running = True
        except Refused as refusal:
            self.fault = str(refusal)
        except TimeoutError:
            self.fault = f"it took more than {_PATIENCE:g} s"

    async def _unless_over(self, step: Callable[[], Awaitable[bool]]) -> bool | None:
        """Whether the step is done; None to try again, False when nobody wants it any more."""
        return True if await step() else None if self.is_wanted else False

    async def end(self, within: float) -> bool:
        """Dial nobody new and let what rings come to its own end. False where that takes too long."""
        try:
            await insist(self._over, within)
        except (TimeoutError, Refused):
            return False
        return True

    async def view(self) -> dict[str, Any] | None:
        """The campaign as it stands; None while the server is away."""
        found: dict[str, Any] | None = await self._offices.supervisor.ask(f"/api/campaigns/{CAMPAIGN}")
        return found

    async def dials(self, since: float) -> list[Dial] | None:
        """Its attempts; None while the server is away, or one of them has no end."""
        query = {"since": f"{since:.3f}", "limit": str(MOST)}
        rows = await self._offices.supervisor.ask(f"/api/campaigns/{CAMPAIGN}/attempts", query)
        if rows is None or any(not row["outcome"] for row in rows):
            return None
        return [Dial(row["contact"], row["number"], row["outcome"]) for row in rows]

    # ── one step each: whether it is done ───────────────────────────────────────────────────────────────────────────

    async def _agree(self) -> bool:
        for office in (self._offices.first, self._offices.second):
            laws = await office.ask("/api/laws")
            law = next((one for one in laws or () if one["law"] == LAW), None)
            if law is None:
                return False
            if not law["in_force"]:
                word = {"digest": law["digest"], "why": _WHY}
                await office.tell(f"/api/laws/{LAW}/agree", word)
        laws = await self._offices.first.ask("/api/laws")
        return any(one["law"] == LAW and one["in_force"] for one in laws or ())

    async def _bring(self) -> bool:
        office = self._offices.first
        lists = await office.ask("/api/lists")
        if lists is None:
            return False
        if any(one["name"] == LIST for one in lists):
            return True
        view = await office.ask(self._upload) if self._upload else None
        if view is not None and view["state"] == "failed":
            raise Refused(view["fault"])
        if view is None or view["state"] == "came":  # or the server died, and forgot it
            await self._send(office)
        return False  # the list itself tells, the next time

    async def _send(self, office: BackOffice) -> None:
        came = await office.tell("/api/lists/uploads?file=demo.csv", self._customers)
        if came is not None:
            self._upload = f"/api/lists/uploads/{came['upload']}"
            await office.tell(f"{self._upload}/import", {"name": LIST, "region": REGION})

    async def _start(self) -> bool:
        view = await self.view()
        if view is None:
            return False
        if view["state"] not in {"planned", "paused"}:
            return True
        await self._offices.first.tell(f"/api/campaigns/{CAMPAIGN}/start", {"why": "the demo has begun"})
        return False

    async def _over(self) -> bool | None:
        """Whether nobody is called or on the line any more; None to ask again."""
        view = await self.view()
        if view is None:
            return None
        if view["state"] not in {"planned", "paused", "stopped", "done"}:
            await self._offices.supervisor.tell(f"/api/campaigns/{CAMPAIGN}/pause", {"why": "the demo is over"})
            return None
        return None if any(view[place] for place in _AIR) else True
