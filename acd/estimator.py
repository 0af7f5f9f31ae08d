"""How long a caller will still wait, estimated from who is ahead, who can serve, and what was learned of this floor.

It does not know chance or clocks, and changes nothing of the floor: it is told of every message with its answers, and
reads the board. Until enough was seen of a queue, or remembered of what was seen before a restart, it says None; how
waits stray from the arithmetic is learned anew after each.

It is arithmetic that is corrected by experience. His turn comes when those ahead of him have been served or have left:
the callers of his own line, and those of other lines as far as they may take one of his agents. Who is ahead changes
with the order of service, so both count, who is ahead now and who asked before him, in parts that were found best
(`ORDERED`). How long work takes, how many give up, how much longer waits are than the arithmetic says (`Scale`), and
how far they stray (`Bounds`), is learned for each queue. Tried and left out, for they made it worse: the last wait of
the queue, how long its first has waited, and weights for all these learned by least squares.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import field
from typing import TYPE_CHECKING

from acd.ahead import count_ahead, standing
from acd.contacts import ContactState
from acd.estimate import Bounds, Estimate, Scale, turn_after
from acd.messages import AgentMoved, ContactArrived, ContactId, ContactLeft, OfferAccepted, ReleaseContact
from lean import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from acd.board import Board
    from acd.contacts import ContactRecord
    from acd.habits import Remembered
    from acd.messages import AgentId, Answer, Told

ENOUGH = 5  # finished talks of a queue before anything is said
MEMORY = 300.0  # talks, or waits that ended, of which a mean is made
EDGES = (8.0, 25.0, 70.0, 160.0)  # likely waits from which other bounds are learned, for short waits stray otherwise
FRESH = 5.0  # seconds: who has waited no longer has only asked
SOME_TIME = 20.0
REST = 0.001  # seconds without a further sample for each line that was looked at: learning must cost next to nothing
AT_WORK = frozenset({"ready", "dialling", "offered", "talking", "wrap_up"})
USUAL = ((0.25, 2.2), (0.4, 1.9))  # where the bounds are at first, for the fresh and for the others
ORDERED = 0.4


@dataclass(slots=True)
class Lessons:
    """What was learned of one queue."""

    talks: int = 0
    work: float = 0.0
    waited: float = 0.0
    left: float = 0.0
    scales: tuple[Scale, Scale] = field(default_factory=lambda: (Scale(), Scale()))
    bounds: tuple[tuple[Bounds, ...], ...] = field(
        default_factory=lambda: tuple(tuple(Bounds(*usual) for _ in range(len(EDGES) + 1)) for usual in USUAL)
    )

    @property
    def leaving(self) -> float:
        """The rate at which one who waits gives up."""
        return self.left / self.waited if self.waited > 0 else 0.0

    def worked(self, seconds: float) -> None:
        self.talks += 1
        self.work += (seconds - self.work) / min(self.talks, MEMORY)

    def ended(self, waited: float, gave_up: bool) -> None:
        keep = 1 - 1 / MEMORY
        self.waited, self.left = self.waited * keep + waited, self.left * keep + gave_up


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen and thought of a caller at one moment of his wait."""

    at: float
    late: int
    turn: float
    likely: float


class Estimator:
    """Tell it every message (`heard`), then ask it (`estimate`)."""

    def __init__(self) -> None:
        self._lessons: dict[str, Lessons] = {}
        self._samples: dict[ContactId, list[Sample]] = {}
        self._asked: dict[ContactId, tuple[str, float]] = {}
        self._busy: dict[AgentId, tuple[str, float]] = {}
        self._at_work: set[AgentId] = set()
        self._bits = 0
        self._house: object = None
        self._rests_until = 0.0

    def found(self, board: Board) -> None:
        """Begin anew with a board as it was found: who is there is seen, what was learned is not known."""
        self.__init__()  # type: ignore[misc] # as a new estimator starts
        self._at_work = {record.agent for record in board.agents.values() if record.state.value in AT_WORK}
        waiting = (ContactState.WAITING, ContactState.OFFERED)
        here = (record for record in board.contacts.values() if record.state in waiting)
        self._asked = {record.contact: (record.queue, record.asked_at) for record in here}

    # ── learning ──

    def heard(self, board: Board, message: Told, answers: Sequence[Answer], now: float) -> None:
        """Learn from what happened, once the board shows it."""
        for answer in answers:
            if type(answer) is AgentMoved:
                self._moved(answer, now)
            elif type(answer) is ReleaseContact:
                self._gone(answer.contact, now, gave_up=False)
        if type(message) is ContactArrived:
            self._arrived(board, message, now)
        elif type(message) is ContactLeft:
            self._gone(message.contact, now, gave_up=True)
        elif type(message) is OfferAccepted:
            self._answered(board, message, now)

    def remember(self, told: Remembered) -> None:
        """Take in what was before, unless enough has been seen since."""
        if self._of(told.queue).talks >= ENOUGH:
            return
        for seconds in told.works:
            self._of(told.queue).worked(seconds)
            self._of("").worked(seconds)
        for waited, gave_up in told.waits:
            self._of(told.queue).ended(waited, gave_up)

    def _arrived(self, board: Board, message: ContactArrived, now: float) -> None:
        record = board.contacts.get(message.contact)
        if record is None:
            return
        self._asked.setdefault(record.contact, (record.queue, record.asked_at))
        if record.state is ContactState.WAITING:
            self._sample(board, record, now)

    def _sample(self, board: Board, record: ContactRecord, now: float) -> None:
        if now < self._rests_until:
            return
        self._rests_until = now + REST * board.lines.count_on(record.node)
        seen = self._look(board, record, now)
        if seen is not None:
            self._samples.setdefault(record.contact, []).append(seen)

    def _answered(self, board: Board, message: OfferAccepted, now: float) -> None:
        offer = board.offers.get(message.offer)
        record = board.contacts.get(offer.contact) if offer is not None else None
        if offer is None or record is None or record.state is not ContactState.TALKING:
            return
        self._busy[offer.agent] = (record.queue, now)
        lessons = self._of(record.queue)
        for sample in self._samples.get(record.contact, ()):
            lessons.scales[sample.late].learn(sample.turn, now - sample.at)
            lessons.bounds[sample.late][_size(sample.likely)].learn(sample.likely, now - sample.at)
        self._gone(record.contact, now, gave_up=False)
        self._look_at_another(board, record, now)

    def _look_at_another(self, board: Board, record: ContactRecord, now: float) -> None:
        """Whenever somebody is answered, note how it stands with another of his line: a later moment of a wait.

        It is the last of those who have waited for some time, for most who ask how long it takes are not the first.
        """
        for group in board.lines.line(record.line).groups().values():
            place = bisect_left(group, (now - SOME_TIME, "")) - 1
            if place >= 0 and len(self._samples.get(group[place][1], ())) < 2:
                self._sample(board, board.contacts[group[place][1]], now)

    def _gone(self, contact: ContactId, now: float, *, gave_up: bool) -> None:
        self._samples.pop(contact, None)
        queue, asked_at = self._asked.pop(contact, ("", 0.0))
        if queue:
            self._of(queue).ended(now - asked_at, gave_up)

    def _moved(self, answer: AgentMoved, now: float) -> None:
        is_at_work = answer.state in AT_WORK
        if is_at_work != (answer.agent in self._at_work):
            (self._at_work.add if is_at_work else self._at_work.discard)(answer.agent)
            self._house = None
        if answer.state not in {"talking", "wrap_up"} and answer.agent in self._busy:
            queue, since = self._busy.pop(answer.agent)
            self._of(queue).worked(now - since)
            self._of("").worked(now - since)

    def _of(self, queue: str) -> Lessons:
        """The lessons of a queue; those of all together under no name."""
        known = self._lessons.get(queue)
        if known is None:
            known = self._lessons[queue] = Lessons()
        return known

    # ── asking ──

    def estimate(self, board: Board, contact: ContactId, now: float) -> Estimate | None:
        """Tell how long he will still wait; None for one who does not wait, and while too little is known."""
        record = board.contacts.get(contact)
        if record is None or record.state is not ContactState.WAITING:
            return None
        seen = self._look(board, record, now)
        if seen is None:
            return None
        return self._of(record.queue).bounds[seen.late][_size(seen.likely)].around(seen.likely)

    def _look(self, board: Board, record: ContactRecord, now: float) -> Sample | None:
        """See when it is his turn, whether he has waited for a while, and what is likely."""
        lessons = self._of(record.queue)
        turn = self._turn(board, record, lessons, now) if lessons.talks >= ENOUGH else None
        if turn is None:
            return None
        late = int(now - record.asked_at > FRESH)
        return Sample(now, late, turn, turn * lessons.scales[late].factor)

    def _turn(self, board: Board, record: ContactRecord, lessons: Lessons, now: float) -> float | None:
        """Work out after how long it is his turn; None when nobody is at work who could serve him."""
        line = board.lines.line(record.line)
        here = line.choice.able & self._bits_of(board)
        if board.house.reserve and not board.calls_reserve(record.queue):
            here &= ~board.house.reserve
        agents = here.bit_count()
        if not agents:
            return None
        me = standing(record, line.rules, now)
        before = older = 0.0
        for other in board.lines.open_on(record.node):
            share = _share(other.choice.able & self._bits, here)
            if share:
                ahead, aged = count_ahead(other, me, now)
                before += share * ahead
                older += share * aged
        work, leaving = self._of("").work, lessons.leaving
        by_order, by_age = (turn_after(ahead, agents, work, leaving) for ahead in (before, older))
        return ORDERED * by_order + (1 - ORDERED) * by_age

    def _bits_of(self, board: Board) -> int:
        """The set of those at work; made anew when somebody came or went, or the house is another."""
        if self._house is not board.house:
            self._bits, self._house = board.house.bits(self._at_work), board.house
        return self._bits


def _share(theirs: int, mine: int) -> float:
    """The chance that a caller of another line takes one of my agents: as many of his agents as are mine, too."""
    both = theirs & mine
    if both == theirs:
        return 1.0 if both else 0.0
    return both.bit_count() / theirs.bit_count()


def _size(likely: float) -> int:
    return sum(likely >= edge for edge in EDGES)
