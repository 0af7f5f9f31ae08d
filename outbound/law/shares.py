"""How many persons were abandoned, by the formula and in the window of every law, from the same events.

It does not know how anybody was abandoned. Each end of an attempt is kept once for each campaign; each law has its own
mark in that row of ends, which moves on as ends leave its window. So every count is exact at any moment, and an end
costs the same however long the window is.

A call counts in the window in which it ended. Calls that nobody answered, machines and faxes are never in a base; nor
are persons who heard a campaign without agents, for nobody could have abandoned them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from outbound.law.profile import Formula, Profile
from outbound.lead import Outcome

_KINDS = (Outcome.CONNECTED, Outcome.ABANDONED, Outcome.GONE, Outcome.MACHINE)
_CODE = {outcome: code for code, outcome in enumerate(_KINDS)}
LONGEST_WAIT = 2.0  # seconds from the end of the greeting: 16 CFR 310.4(b)(1)(iv), and Ofcom's
_MANY = 4096  # ends that every law has left behind, before they are thrown away


@dataclass(frozen=True, slots=True)
class Ends:
    """How many attempts of one window ended so."""

    connected: int = 0
    abandoned: int = 0
    gone: int = 0
    machine: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """What a law makes of them: `abandoned` of `persons`; with estimates they are no whole numbers."""

    abandoned: float
    persons: float

    @property
    def rate(self) -> float:
        """From 0 to 1; 0 where there is nobody."""
        return self.abandoned / self.persons if self.persons > 0 else 0.0


def counted(law: Profile, ends: Ends) -> tuple[int, int]:
    """Whole persons that this law's base has, without any estimate, and those of them who were abandoned."""
    gone = ends.gone if law.formula is Formula.ANSWERED else 0
    return ends.connected + ends.abandoned + gone, ends.abandoned


def share(law: Profile, ends: Ends) -> Share:
    """The share by this law's formula."""
    persons, abandoned = counted(law, ends)
    if law.formula is not Formula.PASSED:
        return Share(abandoned, persons)
    # Who was taken for a machine was hung up on: a silent call. There are no more of them than machines heard.
    silent = min(float(ends.machine), persons * _silent(law))
    counting = abandoned * (1 - law.machines_abandoned) + silent
    return Share(counting, counting + ends.connected)


def bound(law: Profile, cap: float, *, detects: bool) -> float:
    """How large a share of whole persons may be abandoned, so that with the estimates `cap` is kept; 0 for none."""
    if law.formula is not Formula.PASSED:
        return cap
    silent = _silent(law) if detects else 0.0
    return max(0.0, (cap - silent * (1 - cap)) / ((1 - law.machines_abandoned) * (1 - cap) + cap))


def _silent(law: Profile) -> float:
    """Persons taken for machines, for each who was heard as a person."""
    return law.false_machine / (1 - law.false_machine)


class _Row:
    """The ends of one campaign, oldest first, with a mark for each window."""

    __slots__ = ("codes", "counts", "marks", "times")

    def __init__(self) -> None:
        self.times = array("d")
        self.codes = bytearray()
        self.marks: dict[float, int] = {}
        self.counts: dict[float, list[int]] = {}

    def add(self, code: int, at: float) -> None:
        self.times.append(at)
        self.codes.append(code)
        for counts in self.counts.values():
            counts[code] += 1

    def ends(self, window: float, now: float) -> Ends:
        if window not in self.marks:
            self._watch(window)
        counts, mark = self.counts[window], self.marks[window]
        while mark < len(self.times) and self.times[mark] <= now - window:
            counts[self.codes[mark]] -= 1
            mark += 1
        self.marks[window] = mark
        return Ends(*counts)

    def peek(self, window: float, now: float) -> Ends:
        """The same for a screen, whose clock is its own: nothing is moved."""
        first = bisect_right(self.times, now - window)
        return Ends(*(self.codes.count(code, first) for code in range(len(_KINDS))))

    def _watch(self, window: float) -> None:
        self.marks[window] = 0
        self.counts[window] = [self.codes.count(code) for code in range(len(_KINDS))]

    def shorten(self) -> None:
        """Throw away what is behind every mark."""
        gone = min(self.marks.values(), default=0)
        if gone < _MANY:
            return
        del self.times[:gone]
        del self.codes[:gone]
        self.marks = {window: mark - gone for window, mark in self.marks.items()}


class Shares:
    """Ends of all campaigns."""

    def __init__(self) -> None:
        self._rows: dict[str, _Row] = {}

    def ended(self, campaign: str, outcome: Outcome, at: float, waited: float = 0.0) -> float:
        """One attempt has ended; returns when, for the count: a clock that was set back changes nothing of the order.

        Who waited longer for his agent than any law allows was abandoned, though the agent came.
        """
        late = outcome is Outcome.CONNECTED and waited > LONGEST_WAIT
        code = _CODE.get(Outcome.ABANDONED if late else outcome)
        row = self._rows.setdefault(campaign, _Row())
        at = max(at, row.times[-1]) if row.times else at
        if code is not None:
            row.add(code, at)
        return at

    def ends(self, campaign: str, window: float, now: float) -> Ends:
        """How the attempts ended that did so in the last `window` seconds; `now` never goes back."""
        row = self._rows.get(campaign)
        return row.ends(window, now) if row else Ends()

    def of(self, law: Profile, campaign: str, now: float) -> Share:
        """The campaign's share by this law at this moment, for whoever looks; it may be asked for any moment."""
        row = self._rows.get(campaign)
        return share(law, row.peek(law.window, now) if row else Ends())

    def forget(self, laws: Mapping[str, Profile]) -> None:
        """Forget what had left the windows of all laws by a campaign's last end; it changes no count to come.

        The windows of laws that are no more are not watched on.
        """
        windows = {law.window for law in laws.values()}
        for row in self._rows.values():
            for window in row.marks.keys() - windows:
                del row.marks[window], row.counts[window]
            for window in windows if row.times else ():
                row.ends(window, row.times[-1])
            row.shorten()
