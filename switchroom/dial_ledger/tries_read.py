"""Dials too many, too soon, too often, or without the evidence that their law asks for, found in bare facts.

It does not know how the server decides (`outbound/law/`) and uses nothing of it; the laws' numbers stand here a second
time, on purpose. It is given the facts of all campaigns in their order: what one person was spared by one campaign he
was to be spared by every other.

Where the facts leave a doubt it is the server's: an abandoned person counts from the first moment at which he may have
been one, and days are judged only where the called place is known, by its list or by the numbering plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

DAY: Final = 86_400.0
_KEPT: Final = 31 * DAY  # longer than any rule looks back
_UNCHARGED: Final = frozenset({"congestion", "cancelled"})
_REACHED: Final = frozenset({"connected", "abandoned", "informed", "gone"})
_HELD: Final = frozenset({"manual", "preview", "progressive"})  # an agent is there for him
NO_PROMISE: Final = "no_promise"
_EVERY: Final = frozenset({"manual", "preview", "progressive", "ratio", "predictive", "message"})

Zones = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a law says of one number and one person. Seconds, but for counts; `consent` are modes."""

    on_number: int
    on_person: int
    gap: float
    contacts: int
    span: float
    lock: float
    consent: frozenset[str]


LIMITS: Final[Mapping[str, Limits]] = {
    "us@2026.1": Limits(3, 3, 900.0, 3, 7 * DAY, 3 * DAY, frozenset({"message"})),
    "uk@2026.1": Limits(3, 3, 900.0, 3, 7 * DAY, 3 * DAY, frozenset({"message"})),
    "cn@2026.1": Limits(3, 3, 3600.0, 1, 7 * DAY, 3 * DAY, _EVERY),
    "strict@2026.1": Limits(3, 3, 3600.0, 1, 7 * DAY, 3 * DAY, _EVERY),
}


def of_the_house(rules: Mapping[str, Any]) -> Limits:
    """The limits of a law that people agreed to, by its text on record. Raises what a damaged text raises."""
    return Limits(
        int(rules["number_tries"]), int(rules["person_tries"]), float(rules["gap"]), int(rules["contacts"]),
        float(rules["contact_span"]), float(rules["lock"]), frozenset(map(str, rules["consent_for"])),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Breach:
    """A dial that a rule forbade. `rule` is named as the server would have refused it, or `no_promise`."""

    at: float
    number: str
    attempt: str
    rule: str


@dataclass(slots=True)
class _Dial:
    at: float
    number: str
    person: str
    lead: tuple[str, str]  # campaign and lead: of whom a promise is
    promised: bool


class Touches:
    """Every dial, end and promise so far. `plan` gives the zones of a number."""

    def __init__(self, plan: Zones) -> None:
        self._plan = plan
        self._open: dict[str, _Dial] = {}
        self._tries: dict[str, dict[str, float]] = {}  # by number or person: attempts with their moments
        self._reached: dict[str, list[float]] = {}
        self._left: dict[str, float] = {}  # by number or person: when he was abandoned
        self._promised: dict[tuple[str, str], float] = {}

    def begun(self, attempt: str, said: Mapping[str, Any], limits: Limits | None) -> list[Breach]:
        """A number is dialled; the rules that forbade it. `limits` None: of a law that nobody knows."""
        at, number, person = float(said["at"]), str(said["number"]), str(said["person"])
        lead = str(said["campaign"]), str(said["lead"])
        dial = _Dial(at, number, person, lead, promised=str(said.get("why")) == "promised")
        rules = () if limits is None else self._broken(dial, said, limits)
        broken = [Breach(at, number, attempt, rule) for rule in rules]
        self._open[attempt] = dial
        for key in _keys(number, person):
            tries = self._tries.setdefault(key, {})
            for old in [name for name, then in tries.items() if then <= at - 3 * DAY]:
                del tries[old]
            tries[attempt] = at
        return broken

    def ended(self, attempt: str, said: Mapping[str, Any]) -> None:
        """What came of a dial."""
        outcome, at = str(said["outcome"]), float(said["at"])
        dial = self._open.pop(attempt, None)
        number, person = str(said["number"]), str(said["person"])
        if outcome in _UNCHARGED:
            for key in _keys(number, person):
                self._tries.get(key, {}).pop(attempt, None)
        elif dial is not None and dial.promised:
            self._promised.pop(dial.lead, None)
        first = at - float(said.get("lines") or 0.0) if outcome == "abandoned" else at
        if outcome in _REACHED:
            self._reached[person] = [one for one in self._reached.get(person, ()) if one > at - _KEPT] + [first]
        if outcome == "abandoned":
            self._left.update(dict.fromkeys(_keys(number, person), first))

    def said(self, attempt: str, said: Mapping[str, Any]) -> None:
        """An agent's word: when the person is to be called again, 0 for never."""
        if attempt in self._open:
            self._open[attempt].promised = False  # the end of this call fulfils no promise that was made in it
        lead, again = (str(said["campaign"]), str(said["lead"])), float(said.get("again") or 0.0)
        if again > 0:
            self._promised[lead] = again
        else:
            self._promised.pop(lead, None)

    # ── the rules ───────────────────────────────────────────────────────────────────────────────────────────────

    def _broken(self, dial: _Dial, said: Mapping[str, Any], limits: Limits) -> Iterator[str]:
        mode = str(said.get("mode"))
        if mode not in _HELD and any(dial.at < self._left[key] + limits.lock for key in self._abandoned(dial)):
            yield "abandoned_lately"
        if dial.promised:
            if self._promised.get(dial.lead, dial.at + 1) > dial.at:
                yield NO_PROMISE
            return
        if mode in limits.consent and not said.get("consent"):
            yield "no_consent"
        yield from self._often(dial, said, limits)

    def _often(self, dial: _Dial, said: Mapping[str, Any], limits: Limits) -> Iterator[str]:
        """The rules that a promised call is free of."""
        reached = [one for one in self._reached.get(dial.person, ()) if one > dial.at - limits.span]
        if len(reached) >= limits.contacts:
            yield "frequency"
        on_number, on_person = (self._before(key) for key in _keys(dial.number, dial.person))
        places = self._places(dial.number, said)
        if _too_many(on_number, limits.on_number, dial.at, places):
            yield "number_tries"
        if _too_many(on_person, limits.on_person, dial.at, places):
            yield "person_tries"
        if any(one > dial.at - limits.gap for one in (*on_number[-1:], *on_person[-1:])):
            yield "too_soon"

    def _abandoned(self, dial: _Dial) -> list[str]:
        return [key for key in _keys(dial.number, dial.person) if key in self._left]

    def _before(self, key: str) -> list[float]:
        return list(self._tries.get(key, {}).values())

    def _places(self, number: str, said: Mapping[str, Any]) -> list[tuple[str, ...]]:
        told = tuple(str(zone) for zone in said.get("zones") or ())
        return [zones for zones in (told, self._plan(number)) if zones]


def _keys(number: str, person: str) -> tuple[str, str]:
    """A number and a person, who may be named by his number."""
    return number, f"person {person}"


def _too_many(tries: list[float], most: int, at: float, places: list[tuple[str, ...]]) -> bool:
    """Whether `most` of them had this day's date in some zone, wherever the number is taken to be."""
    if len(tries) < most or not places:
        return False
    return all(any(_that_day(tries, at, zone) >= most for zone in zones) for zones in places)


def _that_day(tries: list[float], at: float, zone: str) -> int:
    return sum(_day(one, zone) == _day(at, zone) for one in tries)


def _day(at: float, zone: str) -> date:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).date()
