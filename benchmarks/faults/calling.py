"""A storm in which the house calls customers as well, with the same agents, lines and links, while everything breaks.

It does not judge. Whom it calls and how their telephones behave is in `customers.py`, who runs the campaigns in
`managers.py`; `dial_watch.py` judges. All of it is drawn by chances of its own beside the storm's.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import cti.vocabulary as cti
from benchmarks.faults.calling_floor import SALES, Calling
from benchmarks.faults.customers import Lists, StormCustomers
from benchmarks.faults.dial_watch import DialWatch
from benchmarks.faults.managers import Managers
from benchmarks.faults.talks import TalkStorm
from cti import ids

if TYPE_CHECKING:
    from benchmarks.faults.climate import Climate
    from benchmarks.faults.wires import Link
    from outbound.campaign import Campaign
    from switchroom.edition import Edition

LONGER = 120.0  # seconds for which campaigns run on when no callers come any more


class CallingStorm(TalkStorm):
    """`season.py` plays it."""

    def __init__(self, editions: list[Edition], climate: Climate, seed: int, calling: Calling) -> None:
        super().__init__(editions, climate, seed)
        chance = Random(f"lists of {seed}")  # noqa: S311 (people, no secret)
        plan = self.editions[0].plan
        sellers = [name for name, one in plan.agents.items() if one.queues is None or SALES in one.queues]
        self.lists = Lists(chance, chance.randint(60, 300), sellers)
        self.customers = StormCustomers(self, self.lists)
        self._doers.update(self.customers.doers)
        self.watch_dials = DialWatch(self, calling)
        self.watch.more = (self.lists, self.watch_dials)
        self.managers = Managers(self)
        self._dialled_on: dict[str, cti.NodeId] = {}

    def campaigns(self) -> dict[str, Campaign]:
        """As they run now, tuned or not."""
        return {name: run.campaign for name, run in self.centre.outbound.dialler.campaigns.items()}

    def begin(self, seconds: float) -> None:
        super().begin(seconds)
        self.managers.begin()

    def calm(self) -> None:
        """Nothing breaks any more."""
        self.managers.calm()
        self.after(15.0, self._each_second)

    def _each_second(self) -> None:
        self.watch_dials.look()
        if self.managers.wanted == "running":
            self.after(1.0, self._each_second)

    # ── the switch and the wires ────────────────────────────────────────────────────────────────────────────────────

    def _perform(self, action: Any) -> None:
        if isinstance(action, cti.DialCustomer):
            self._dialled_on[action.call] = action.node
        super()._perform(action)

    def _needs_ami(self, action: Any) -> bool:
        """One whose telephone rings stands at no door."""
        return super()._needs_ami(action) or (isinstance(action, cti.EndCall) and action.call in self.customers.rings)

    def _of(self, message: Any) -> tuple[Link, str]:
        leg = getattr(message, "leg", None)
        contact = ids.call_of(leg) if leg else getattr(message, "call", "")
        name = contact.replace(cti.CALL_BACK, "")  # one whom we called may wish to be called back
        if name not in self._dialled_on:
            return super()._of(message)
        if isinstance(message, cti.CallEnded):
            self.links[message.node].ended.append(message)
        return self.links[self._dialled_on[name]], contact

    def _wipe(self, link: Link) -> None:
        super()._wipe(link)
        for call, asked in self.customers.rings.items():
            if asked.node == link.node:
                self.wiped.add(call)
        self.customers.lose(link.node)

    def survey_of(self, link: Link, asked_at: float, with_ended: bool) -> cti.NodeSurveyed:
        """What rings, too; and of what it remembers, the dials that failed."""
        seen = super().survey_of(link, asked_at, with_ended)
        failed = self.customers.failed(link.node) if with_ended else ()
        return replace(seen, calls=(*seen.calls, *self.customers.seen(link.node)), failed=failed)
