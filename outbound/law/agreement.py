"""Which laws of the house are in force: a text alone puts none in force, people do, and two where it gives more.

It does not know who may agree; whoever passes a word on has looked at that. A law that nobody has agreed to is not
there: campaigns under it are held to the strictest of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from outbound.law.narrowing import widened
from outbound.law.profile import DAY, Profile
from outbound.law.profiles import BUILT_IN, STRICT
from outbound.law.writing import digest_of, law_of, text_of

PATIENCE = 7 * DAY  # after which a first word has to be said again


@dataclass(frozen=True, slots=True)
class Word:
    """What one person's word has come to. `widens` are the rules that give more than the law in force."""

    law: Profile
    digest: str
    by: str
    widens: tuple[str, ...]
    in_force: bool
    text: str


@dataclass(frozen=True, slots=True)
class _First:
    by: str
    digest: str
    at: float


class Agreements:
    """Words that people have given for laws of the house."""

    def __init__(self) -> None:
        self._in_force: dict[str, Profile] = {}
        self._agreed: dict[str, list[tuple[str, str]]] = {}  # version and digest of each that was in force
        self._first: dict[str, _First] = {}

    def ask(self, law: Profile, by: str, now: float) -> Word:
        """What this person's word for this law would come to; nothing changes."""
        digest, before = digest_of(law), self._in_force.get(law.name)
        widens = widened(before or _origin_of(law), law)
        first = self._first.get(law.name)
        second = first is not None and first.digest == digest and first.by != by and now - first.at <= PATIENCE
        return Word(law, digest, by, widens, not widens or second, text_of(law))

    def take(self, word: Word, now: float) -> None:
        """The word is given."""
        name = word.law.name
        if word.in_force:
            self._in_force[name] = word.law
            self._agreed.setdefault(name, []).append((word.law.version, word.digest))
            self._first.pop(name, None)
        else:
            self._first[name] = _First(word.by, word.digest, now)

    def has_old_version(self, law: Profile) -> bool:
        """Whether another law of this name was agreed to under the same version: dials could not be told apart."""
        return any(version == law.version and digest != digest_of(law) for version, digest in self._past(law.name))

    def _past(self, name: str) -> Sequence[tuple[str, str]]:
        return self._agreed.get(name, ())

    def first(self, law: Profile, now: float) -> str:
        """Who has given his word for this law and waits for a second one; "" for nobody."""
        found = self._first.get(law.name)
        return found.by if found and found.digest == digest_of(law) and now - found.at <= PATIENCE else ""

    def told(self, text: str, *, by: str, in_force: bool, now: float) -> None:
        """The same from a fact of earlier."""
        law = law_of(text)
        self.take(Word(law, digest_of(law), by, (), in_force, text), now)

    def laws(self, written: Mapping[str, Profile]) -> Mapping[str, Profile]:
        """Of the laws that are written, those in force: a changed one as it was agreed to, until the change is."""
        house = {name: self._in_force[name] for name in written if name in self._in_force}
        return {**BUILT_IN, **house}

    def open(self, written: Mapping[str, Profile]) -> tuple[Profile, ...]:
        """The laws that are written so as nobody has agreed to them yet, by name."""
        found = (law for name, law in sorted(written.items()) if name not in BUILT_IN)
        return tuple(law for law in found if self._in_force.get(law.name) != law)


def _origin_of(law: Profile) -> Profile:
    """What a new law is measured by: the known law of its country, else the strictest."""
    return next((known for known in BUILT_IN.values() if known.code == law.code), STRICT)
