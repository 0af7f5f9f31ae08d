"""The lines in the air: how many, how old, and which of them will be answered by when, as far as can be told.

It does not know agents. What a line comes to is learned from the lines that ended: of one that has rung for long, less
is to be hoped than of a new one, and what there is to hope for comes soon.
"""

from __future__ import annotations

from operator import mul

from outbound.pacing.answer_rate import AnswerRate
from outbound.pacing.lasting import Lasting, exponential, humped
from outbound.pacing.sight import Event, Happened

GRID = (0.0, 1.5, 3.0, 4.5, 6.0, 8.0, 10.0, 12.5, 15.5, 20.0, 30.0, 60.0)  # seconds from now at which we look
STEPS = len(GRID)
EDGES = (*(float(i) for i in range(31)), *(30.0 + 3.0 * i for i in range(1, 31)))
OLDEST = 90  # seconds: older lines are taken for as old
FRESH = 4.0  # seconds for which a forecast by age serves
FEW_ENDED, WHOLE = 20, 40.0  # lines that must have ended, and seconds that must be over, before any is trusted
COUNTED, STORY = 1.9, 5.0  # seconds after which the answer rate is told what came due: now, and in a story told again
MOVED = 0.02  # shares by which the answer rate may move until the forecasts by age are made anew
SHAPED = 30.0  # seconds for which the shape of the times to an answer serves
AHEAD = tuple(int(2 * soon) for soon in GRID)  # the same in half seconds
DIALLED, ANSWERED, OTHER, DROPPED = Event.DIALLED, Event.ANSWERED, Event.OTHER, Event.DROPPED


class Air:
    """Lines from their dial to their answer or end, and the persons who answered and are not yet served."""

    __slots__ = (
        *(
            "_answered_before",
            "_answers",
            "_columns",
            "_counted",
            "_dialled",
            "_first",
            "_late",
            "_learned",
            "_made",
            "_never",
            "_others",
            "_rated",
            "_rows",
            "_shaped",
            "_slots",
            "_spreads",
        ),
        *("_waiting", "_when", "answered", "rate"),
    )

    def __init__(self) -> None:
        self.rate = AnswerRate()
        self.answered = 0
        self._answers = Lasting(EDGES, humped(9.0), 8.0, 4000.0)
        self._others = Lasting(EDGES, exponential(18.0), 8.0, 4000.0)
        self._when: dict[str, float] = {}
        self._slots: dict[int, int] = {}
        self._dialled: dict[int, int] = {}
        self._counted, self._answered_before = 0.0, 0
        self._waiting: dict[str, float] = {}
        self._rows: list[list[float]] = []
        self._columns: list[tuple[float, ...]] = []
        self._spreads: list[list[float]] = []
        self._made = self._shaped = self._rated = 0.0
        self._learned = 0
        self._first = 0.0
        self._late: list[float] = []
        self._never: list[float] = []

    @property
    def lines(self) -> int:
        """Dialled and neither answered nor ended."""
        return len(self._when)

    @property
    def waiting(self) -> int:
        """Persons who answered and have no agent yet."""
        return len(self._waiting)

    @property
    def ring(self) -> float:
        """Mean seconds to an answer."""
        return self._answers.mean

    def unknown(self, now: float) -> bool:
        """Whether too few lines have run their whole course."""
        ended = self._answers.learned + self._others.learned
        return not self._first or ended < FEW_ENDED or now - self._first < WHOLE

    @property
    def held(self) -> float:
        """Mean seconds for which a line is in the air."""
        rate = self.rate.rate
        return rate * self._answers.mean + (1.0 - rate) * self._others.mean

    def happened(self, told: Happened) -> None:
        """Take in what became of a line."""
        event = told.event
        if not told.line:
            return
        if event is DIALLED:
            self._begin(told)
        elif event is OTHER:
            self._end(told, self._others)
        elif event is ANSWERED:
            self._end(told, self._answers)
            self._waiting[told.line] = told.at
            self.answered += 1
        elif event is DROPPED:
            self._drop(told.line)
        else:
            self._take(told.line)  # who was served or lost is in the air no more, whatever was told before
            self._waiting.pop(told.line, None)

    def look(self, now: float) -> None:
        """Reckon what follows from what happened, if what is known is not fresh any more."""
        if now - self._counted >= COUNTED:
            self._count(now)
        moved = abs(self.rate.rate - self._rated) > MOVED * self._rated
        if moved or now - self._made >= FRESH or not self._rows:
            self._foresee(now)

    def _count(self, now: float) -> None:
        """Tell the answer rate what came due since the last time: of each line, by its age, whatever it came to."""
        if not self._late:
            self._shape(now)
        late, before, after, oldest = self._late, int(2.0 * self._counted), int(2.0 * now), 2 * OLDEST
        self._counted = now
        due, gone = 0.0, []
        for slot, count in self._dialled.items():
            since, until = max(before - 2 * slot, 0), max(after - 2 * slot, 0)
            if until >= oldest:
                since, until = min(since, oldest), oldest
                gone.append(slot)
            due += count * (late[since] - late[until])
        for slot in gone:
            del self._dialled[slot]
        self.rate.learn(due, self.answered - self._answered_before)
        self._answered_before = self.answered

    def _shape(self, now: float) -> None:
        self._shaped = now
        self._learned = self._answers.learned + self._others.learned
        self._late = self._answers.each_half(2 * OLDEST + AHEAD[-1] + 1)
        self._never = self._others.each_half(2 * OLDEST + 1)

    def _begin(self, told: Happened) -> None:
        if told.line in self._when:
            return
        if not self._first:
            self._first = told.at
        self._when[told.line] = told.at
        slot = int(told.at)
        self._slots[slot] = self._slots.get(slot, 0) + 1
        self._dialled[slot] = self._dialled.get(slot, 0) + 1
        if told.at - self._counted >= STORY:
            self._count(told.at)

    def _take(self, line: str) -> float | None:
        began = self._when.pop(line, None)
        if began is not None:
            slot = int(began)
            if self._slots[slot] == 1:
                del self._slots[slot]
            else:
                self._slots[slot] -= 1
        return began

    def _drop(self, line: str) -> None:
        """Of a line that we took back nothing more comes due."""
        began = self._take(line)
        if began is not None and int(began) in self._dialled:
            self._dialled[int(began)] -= 1

    def _end(self, told: Happened, lasting: Lasting) -> None:
        began = self._take(told.line)
        if began is not None:
            lasting.learn(told.at - began)

    def _foresee(self, now: float) -> None:
        """For each age in seconds: the share that will have been answered at each moment of the grid."""
        self._made = now
        learned = self._answers.learned + self._others.learned
        if (now - self._shaped >= SHAPED and learned != self._learned) or not self._rows:
            self._shape(now)
        self._rated = self.rate.rate
        self._rows = [self._row(self._rated, 0)]
        self._columns = []

    def _rows_to(self, age: int) -> list[list[float]]:
        """The rows of all ages up to this one: made as lines grow as old, for few ever do."""
        rows = self._rows
        while len(rows) <= age:
            rows.append(self._row(self._rated, len(rows)))
        return rows

    def _row(self, rate: float, age: int) -> list[float]:
        late = self._late
        hope = rate * late[2 * age]
        left = hope + (1.0 - rate) * self._never[2 * age]
        if left < 1e-6:
            return [0.0] * STEPS
        here = 2 * age
        row = [(hope - rate * late[here + soon]) / left for soon in AHEAD]
        row[-1] = hope / left
        return row

    @property
    def doubt(self) -> float:
        """How far off the answer rate may be, as a share of it."""
        return self.rate.doubt

    @property
    def new(self) -> list[float]:
        """What to hope of a line dialled now."""
        if not self._rows:
            self._foresee(0.0)
        return self._rows[0]

    def ages(self, now: float) -> list[tuple[int, list[float]]]:
        """So many lines with these hopes, second by second of their dial."""
        if not self._rows:
            self._foresee(now)
        if not self._slots:
            return []
        rows = self._rows_to(min(max(int(now - next(iter(self._slots))), 0), OLDEST))
        oldest = len(rows) - 1
        return [(count, rows[min(max(int(now - slot), 0), oldest)]) for slot, count in self._slots.items()]

    def answers(self, now: float) -> tuple[list[float], list[float]]:
        """How many of the lines in the air will be answered by each moment of the grid: in the mean, as a variance."""
        if not self._rows:
            self._foresee(now)
        counts = self._by_age(int(now))
        if not self._columns or len(self._columns[0]) < len(counts):
            rows = self._rows_to(min(len(counts) + int(FRESH), OLDEST))
            self._columns = [*zip(*rows, strict=True)][1:]
            self._spreads = [[hope * (1.0 - hope) for hope in column] for column in self._columns]
        return (
            [0.0, *(sum(map(mul, counts, column)) for column in self._columns)],
            [0.0, *(sum(map(mul, counts, spread)) for spread in self._spreads)],
        )

    def _by_age(self, second: int) -> list[float]:
        slots = self._slots
        if not slots:
            return []
        oldest = min(max(second - next(iter(slots)), 0), OLDEST)
        counts = [float(slots.get(second - age, 0)) for age in range(oldest + 1)]
        missed = len(self._when) - sum(counts)
        if missed:
            counts[oldest] += missed
        return counts

    def coming(self, now: float) -> float:
        """How many of the lines in the air will be answered by a person, as it seems."""
        return sum(count * row[-1] for count, row in self.ages(now))
