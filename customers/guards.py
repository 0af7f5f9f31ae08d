"""What stands between a question and a source: answers kept for a while, a fuse, and a lock on guessed secrets.

Pure: time is an argument. It does not know how a source is asked.

Keys are known here by their digest alone, so that what is kept, and what the journal holds, names no card and nobody.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256

MOST_KEPT = 10_000  # answers, of all sources
MOST_LOCKS = 100_000  # digests

Pairs = tuple[tuple[str, str], ...]


def about(source: str, keys: Pairs) -> str:
    """The digest of a source's name and the values of its keys, in any order: 32 hex digits."""
    text = "\0".join((source, *(f"{name}\1{value}" for name, value in sorted(keys))))
    return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]


@dataclass(slots=True)
class Kept:
    """Answers that are told again unasked. The oldest go when there are too many."""

    _answers: OrderedDict[str, tuple[float, Pairs]] = field(default_factory=OrderedDict)

    def keep(self, what: str, values: Pairs, until: float) -> None:
        """Keep an answer."""
        self._answers[what] = (until, values)
        self._answers.move_to_end(what)
        if len(self._answers) > MOST_KEPT:
            self._answers.popitem(last=False)

    def find(self, what: str, now: float) -> Pairs | None:
        """The answer, None when there is none that still holds."""
        until, values = self._answers.get(what, (0.0, ()))
        return values if now < until else None


@dataclass(slots=True)
class Fuse:
    """A source that fails `most` times in a row is not asked for `rest` seconds; then one question at a time tries."""

    most: int = 5
    rest: float = 5.0
    failures: int = 0
    until: float = 0.0
    trying: bool = False

    def lets_through(self, now: float) -> bool:
        """Whether a question may be asked. After the rest the first that asks is the one that tries."""
        if self.failures < self.most:
            return True
        if now < self.until or self.trying:
            return False
        self.trying = True
        return True

    def answered(self) -> None:
        """The source works."""
        self.failures, self.trying = 0, False

    def failed(self, now: float) -> bool:
        """It failed; True when it is given a rest from now on."""
        self.failures, self.trying = self.failures + 1, False
        if self.failures >= self.most:
            self.until = now + self.rest
        return self.failures == self.most


@dataclass(slots=True)
class Lock:
    """Wrong secrets for the same keys. What is being tried now counts as wrong until it is known."""

    _wrong: OrderedDict[str, tuple[float, ...]] = field(default_factory=OrderedDict)
    _tried: dict[str, int] = field(default_factory=dict)

    def is_shut(self, what: str, after: int, within: float, now: float) -> bool:
        """Whether there were `after` wrong secrets within `within` seconds, the last no longer ago than that."""
        tried = (now,) * self._tried.get(what, 0)
        wrong = (*self._wrong.get(what, ()), *tried)[-after:]
        return len(wrong) >= after and wrong[-1] - wrong[0] <= within and now < wrong[-1] + within

    def trying(self, what: str) -> None:
        """A secret is being tried; `tried` must follow."""
        self._tried[what] = self._tried.get(what, 0) + 1

    def tried(self, what: str) -> None:
        """It is known what came of it."""
        left = self._tried.pop(what, 0) - 1
        if left > 0:
            self._tried[what] = left

    def wrong(self, what: str, now: float, most: int = 20) -> None:
        """A wrong secret. Only the last `most` are remembered."""
        self._wrong[what] = (*self._wrong.get(what, ()), now)[-most:]
        self._wrong.move_to_end(what)
        if len(self._wrong) > MOST_LOCKS:
            self._wrong.popitem(last=False)
