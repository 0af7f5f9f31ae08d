"""Who was tried when, on which number, and with whom we spoke: as far back as any rule may ask, and no further.

It does not know the rules. What it holds follows from the attempts alone, so a new server that is told of them again
holds the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from outbound.law.profile import DAY, HOUR
from outbound.lead import NOT_HIS, PERSON, Outcome
from outbound.messages import AttemptBegun, AttemptEnded, AttemptId

TRIES_KEPT = 50 * HOUR  # no date lasts longer, wherever he may be; no gap between two tries may be longer
LOCK_KEPT = 30 * DAY  # no lock after an abandoned call may be longer


@dataclass(frozen=True, slots=True)
class _Try:
    at: float
    attempt: AttemptId
    number: str
    person: str


class Callbook:
    """Attempts of the last two days by number and by person, conversations by person, and who was abandoned.

    `span` is for how long conversations are remembered.
    """

    def __init__(self, span: float = 30 * DAY) -> None:
        self.span = span
        self._open: dict[AttemptId, _Try] = {}
        self._ended: set[AttemptId] = set()
        self._in_contact: dict[str, set[AttemptId]] = {}
        self._tries: dict[str, deque[_Try]] = {}  # by number and by person, which never look alike: see `_his`
        self._all: deque[_Try] = deque()
        self._contacts: dict[str, deque[float]] = {}
        self._abandoned: dict[str, float] = {}
        self._latest: deque[tuple[float, str]] = deque()  # contacts in order, to be forgotten
        self._locked: deque[tuple[float, str]] = deque()

    def begun(self, attempt: AttemptBegun, at: float) -> None:
        """A number is dialled."""
        self._forget(at)
        self._note(_Try(at, attempt.attempt, attempt.number, attempt.lead.person))

    def ended(self, attempt: AttemptEnded, at: float) -> bool:
        """What came of it, and whether that is news: telling an end twice changes nothing."""
        self._forget(at)
        if attempt.attempt in self._ended:
            return False
        if attempt.attempt not in self._open:  # its beginning is further back than anybody was told
            self._note(_Try(at - attempt.lines, attempt.attempt, attempt.number, attempt.person))
        self._ended.add(attempt.attempt)
        self._end(self._open.pop(attempt.attempt), attempt, at)
        return True

    def _note(self, tried: _Try) -> None:
        self._open[tried.attempt] = tried
        self._in_contact.setdefault(tried.person, set()).add(tried.attempt)
        self._all.append(tried)
        for key in (tried.number, _his(tried.person)):
            self._tries.setdefault(key, deque()).append(tried)

    def _end(self, tried: _Try, attempt: AttemptEnded, at: float) -> None:
        self._leave(tried)
        if attempt.outcome in NOT_HIS:
            self._take_back(tried)
        if attempt.outcome in PERSON:
            self._contacts.setdefault(tried.person, deque()).append(at)
            self._latest.append((at, tried.person))
        if attempt.outcome is Outcome.ABANDONED:
            for key in (tried.number, _his(tried.person)):
                self._abandoned[key] = at
                self._locked.append((at, key))

    # ── asked ───────────────────────────────────────────────────────────────────────────────────────────────────

    def in_contact(self, person: str) -> bool:
        """Whether an attempt on him is under way."""
        return person in self._in_contact

    def tries_on(self, number: str) -> list[float]:
        """When this number was dialled in the last two days, oldest first."""
        return [tried.at for tried in self._tries.get(number, ())]

    def tries_of(self, person: str) -> list[float]:
        """When any number of this person was dialled in the last two days, oldest first."""
        return [tried.at for tried in self._tries.get(_his(person), ())]

    def contacts_of(self, person: str) -> list[float]:
        """When we spoke with him, oldest first."""
        return list(self._contacts.get(person, ()))

    def abandoned_at(self, number: str, person: str) -> float | None:
        """When he was last abandoned, on this number or another; None for never."""
        found = [self._abandoned[key] for key in (number, _his(person)) if key in self._abandoned]
        return max(found, default=None)

    # ── forgetting ──────────────────────────────────────────────────────────────────────────────────────────────

    def _leave(self, tried: _Try) -> None:
        under_way = self._in_contact[tried.person]
        under_way.discard(tried.attempt)
        if not under_way:
            del self._in_contact[tried.person]

    def _take_back(self, tried: _Try) -> None:
        for key in (tried.number, _his(tried.person)):
            rest = deque(one for one in self._tries.get(key, ()) if one is not tried)
            if rest:
                self._tries[key] = rest
            else:
                self._tries.pop(key, None)

    def _forget(self, now: float) -> None:
        while self._all and self._all[0].at <= now - TRIES_KEPT:
            old = self._all.popleft()
            self._ended.discard(old.attempt)
            for key in (old.number, _his(old.person)):
                self._drop(key, old)
        while self._latest and self._latest[0][0] <= now - self.span:
            _, person = self._latest.popleft()
            his = self._contacts[person]
            his.popleft()
            if not his:
                del self._contacts[person]
        while self._locked and self._locked[0][0] <= now - LOCK_KEPT:
            at, key = self._locked.popleft()
            if self._abandoned.get(key) == at:
                del self._abandoned[key]

    def _drop(self, key: str, old: _Try) -> None:
        tries = self._tries.get(key)
        if tries and tries[0] is old:
            tries.popleft()
            if not tries:
                del self._tries[key]

    def figures(self) -> tuple[int, ...]:
        """How much is held: tries, keys of tries, persons spoken with, locks, attempts under way."""
        held: Iterable[object] = (self._all, self._tries, self._contacts, self._abandoned, self._open)
        return tuple(len(one) for one in held)  # type: ignore[arg-type]  # all of them are sized


def _his(person: str) -> str:
    """A person as a key beside numbers: persons without an id are named by their number."""
    return f"person {person}"
