"""The invariants of a storm: what is told to each of its judges, and when.

It does not know how anything is decided, and asks nothing of the records that the centre keeps but where it says so.

`wrote` is told every commit, `asked` every action, `turned` every turn, `bridged` every talk that the switch joins.
A judge raises `Broken` with the invariant's name; the storm then ends, and its seed is the whole report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cti.vocabulary as cti
import desk.vocabulary as desk
from benchmarks.faults.books import Books
from benchmarks.faults.broken import Broken, holds
from benchmarks.faults.live import LiveState
from benchmarks.faults.others import Others
from benchmarks.faults.screens import Screens
from cti.moves import ListenIn
from journal.facts import Fact
from switchroom.audit import Audit, Use

if TYPE_CHECKING:
    from acd.board import Snapshot
    from benchmarks.faults.storm import Storm
    from benchmarks.faults.wires import Link
    from switchroom.turn import Action, Effect, Message

__all__ = ["Broken", "Watch"]

WHOLE_EVERY = 500  # turns between two looks at the whole state
CUT_EVERY = 5_000  # turns between two comparisons with a centre that is built from the facts


class Watch:
    """All judges of one storm."""

    def __init__(self, storm: Storm) -> None:
        self.storm = storm
        self.books = Books(storm)
        self.live = LiveState(storm)
        self.screens = Screens(storm)
        self.others = Others(storm, self.live)
        self.audit = Audit()
        self.hash = hashlib.blake2b(digest_size=16)
        self.more: tuple[Any, ...] = ()  # those of a storm that calls customers, too
        self.rung: set[str] = set()
        self.done: dict[str, int] = {}
        self._gone_at: dict[str, float] = {}
        self._asked_of: dict[type, Callable[[Any], None]] = {
            cti.RingAgent: self._rings,
            ListenIn: self._listens,
            desk.ShowContact: self.screens.show,
            desk.ClearContact: self.screens.clear,
        }

    # ── told by the storm ───────────────────────────────────────────────────────────────────────────────────────────

    def wrote(self, told: list[Fact], last: int) -> None:
        """A commit, with the number of its last fact."""
        for seq, fact in enumerate(told, last - len(told) + 1):
            self.hash.update(repr(fact).encode())
            self.books.read(fact)
            self.others.read(fact)
            for judge in self.more:
                judge.read(fact)
            self.screens.read(seq, fact)

    def asked(self, action: Action, epoch: int) -> None:
        """An action is about to be done by the server of this epoch."""
        holds(epoch == self.storm.ledger.epoch, "I20 an old epoch does nothing", action, epoch)
        judge = self._asked_of.get(type(action))
        if judge is not None:
            judge(action)
        for more in self.more:
            more.asked(action)

    def turned(self, message: Message, effects: list[Effect]) -> None:
        """A turn is over and written."""
        del message
        self.live.look_at(effects)
        if self.storm.turns % WHOLE_EVERY == 0:
            self.storm.flush()
            self.live.look_at_all()
            self.screens.compare()
            self.books.compare_agents(self.storm.centre)
        if self.storm.turns % CUT_EVERY == 0:
            self.storm.flush()
            self.live.look_at_a_successor()

    def reborn(self) -> None:
        """A new server has taken the floor."""
        self.screens.come_back()

    def bridged(self, leg: cti.LegId, phone: str) -> None:
        """The switch has joined a caller and an agent."""
        self.screens.bridged(leg, phone)

    def repeated(self, told: desk.Told, before: Snapshot) -> None:
        """The second half of a double click has been taken."""
        after = self.storm.centre.router.snapshot()
        holds(after == before, "I22 said twice is said once", told)

    def caller_gone(self, call: str) -> None:
        """A caller's channel has ended."""
        self._gone_at[call] = self.storm.now

    def left(self, call: cti.CallId) -> None:
        """A second ago we were told that he left, and nothing broke since."""
        for leg, it in self.storm.legs.items():
            holds(it.call != call or cti.is_call_back(call), "I6 no leg without its caller", leg, it)

    def audited(self, seen: cti.NodeSurveyed) -> None:
        """The live audit of the product looks, too: it must find nothing where there is nothing."""
        if self.storm.alive:
            found = self.audit.hold(self.storm.centre, seen, Use(), self.storm.now)
            holds(not found, f"{found[0].invariant if found else ''} by the live audit", *found)

    def surveyed(self, link: Link) -> None:
        """A second ago we saw the whole node, and nothing broke since."""
        self.live.compare_node(link, self._gone_at)

    # ── actions ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _rings(self, ring: cti.RingAgent) -> None:
        holds(ring.leg not in self.rung, "I22 a leg is rung once", ring)
        self.rung.add(ring.leg)
        self.screens.rings(ring)
        holds(ring.leg in self.books.made, "I3 who is rung was written down as offered", ring)

    def _listens(self, asked: ListenIn) -> None:
        holds(asked.leg not in self.rung, "I22 a leg is rung once", asked)
        self.rung.add(asked.leg)

    # ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def end(self) -> None:
        """Everybody has gone home."""
        storm = self.storm
        storm.flush()
        holds(not storm.lines, "L3 every held call reaches an end", list(storm.lines.items())[:3])
        holds(not storm.centre.contacts, "L3 every contact reaches an end", list(storm.centre.contacts.values())[:3])
        holds(not storm.legs, "I6 no leg without its caller", list(storm.legs.items())[:3])
        due = (storm.centre.router.next_deadline(), *storm.centre.waiting_room.dues())
        holds(due == (None, None, None), "L4 no timer stays behind", due)
        for more in self.more:
            more.end()
        self.live.look_at_all()
        self.books.end()
        self.screens.compare()


