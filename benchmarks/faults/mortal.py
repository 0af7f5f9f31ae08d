"""Our server in a storm: a turn is decided, committed under an epoch, then acted; it dies before, between or after.

It does not know what the switch makes of an action, nor when somebody kills it: `storm.py` does. A frozen server wakes
and goes on where it was, with an epoch that is no longer the newest, and finds that it may not write.
"""

from __future__ import annotations

import desk.vocabulary as desk
from benchmarks.faults.ledger import Ledger, StaleEpoch
from benchmarks.faults.wires import Wires
from journal.facts import Fact
from switchroom import resume, truth
from switchroom.centre import Centre
from switchroom.edition import Edition, Editions
from switchroom.recovery import restore
from switchroom.turn import Effect, Message


class Mortal(Wires):
    """A server over the wires. The storm sets what stands here without a value."""

    edition: Edition
    ledger: Ledger
    epoch: int
    alive_since: float
    zombie: tuple[Centre, int, int] | None
    hears: Message  # what this turn is about
    unwritten: list[Fact]
    unwritten_since: float
    dying = False

    def _new_centre(self) -> Centre:
        known = self.centre.history if self.ledger.seq else None  # as the service reads it of the journal's rows
        centre = Centre(self.edition.plan, self.edition.sounds, known)
        centre.editions = Editions(self.edition)
        if not self.ledger.seq:
            truth.begin(centre, self.now)
        return centre

    # ── one turn of the service loop ────────────────────────────────────────────────────────────────────────────────

    def tell(self, message: Message) -> None:
        """Decide, commit, act; nothing while there is no server."""
        if not self.alive:
            return
        self.turns += 1
        self.hears = message
        effects = self._decide(self.centre, message)
        actions = [effect for effect in effects if not isinstance(effect, Fact)]
        if self._dies(0.2):
            return
        self._commit([effect for effect in effects if isinstance(effect, Fact)], bool(actions))
        self.watch.turned(message, effects)
        for done, action in enumerate(actions):
            if done and self._dies(0.2):
                return
            self.watch.asked(action, self.epoch)
            self._act(action)
        self._dies(1.0)

    def _decide(self, centre: Centre, message: Message) -> list[Effect]:
        try:
            return centre.handle(message, self.now)
        except desk.Refused:
            return []

    def _commit(self, told: list[Fact], presses: bool) -> None:
        """Write. Facts from which nothing follows wait a moment for the next commit, and may die with us."""
        if not self.unwritten:
            self.unwritten_since = self.now
        self.unwritten += told
        if self.unwritten and (presses or self.now - self.unwritten_since > 0.05):
            facts, self.unwritten = self.unwritten, []
            self.watch.wrote(facts, self.ledger.append(facts, self.epoch))

    def flush(self) -> None:
        """Write what waits."""
        self._commit([], presses=True)

    def _dies(self, chance: float) -> bool:
        """Whether the kill that is due comes at this very point of a turn."""
        if self.dying and self.random.random() < chance:
            self.dying = False
            self._die()
            return True
        return False

    # ── we die, freeze, and come back ───────────────────────────────────────────────────────────────────────────────

    def kill(self) -> None:
        """Die at some point of one of the next turns."""
        self.dying = True

    def freeze(self) -> None:
        """Be taken for dead; a successor takes the floor, and the frozen one wakes up later."""
        if self.alive:
            self.struck["freezes"] += 1
            self.zombie = (self.centre, self.epoch, 3)
            self._die()

    def _die(self) -> None:
        self.struck["our deaths"] += 1
        self.alive, self.dying, self.unwritten = False, False, []
        for link in self.links.values():
            link.age, link.known = link.age + 1, False
        self.after(self.random.uniform(0.1, 4.0), self._live)

    def _live(self) -> None:
        self.epoch = self.ledger.take()
        self.centre = self._new_centre()
        self._restore(self.centre)
        self.alive, self.alive_since = True, self.now
        self.watch.reborn()
        for link in self.links.values():
            if link.up:
                self._found(link)

    def _restore(self, centre: Centre) -> None:
        """As the service does it."""
        resume.remember(centre, self.ledger.points())
        restore(centre, (*self.ledger.ends(), *self.ledger.open_facts()), self.ledger.at)

    def _wake_zombie(self, message: Message) -> None:
        """The old server hears it too, decides by what it knows, and finds that it may not write."""
        if self.zombie is None or self.zombie[1] == self.epoch:
            return
        centre, epoch, left = self.zombie
        self.zombie = (centre, epoch, left - 1) if left > 1 else None
        try:
            effects = centre.handle(message, self.now)
            self.ledger.append([each for each in effects if isinstance(each, Fact)], epoch)
        except StaleEpoch:
            self.struck["stale servers refused"] += 1
            self.zombie = None
            return
        except desk.Refused:
            return
        for action in effects:
            if not isinstance(action, Fact):
                self.watch.asked(action, epoch)
