"""Laws of the house on the living floor: an administrator's word, which laws are in force, and how both are shown.

It does not know who is an administrator (the desk does), nor what a law says (`outbound/law/`). A law that is written
and that nobody has agreed to is not there: campaigns under it are held to the strictest of all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import desk.vocabulary as desk
from desk.law_view import LawAgreeAsked, LawRule, LawView
from journal.law_facts import LawAgreed
from outbound.law.profile import Profile
from outbound.law.profiles import BUILT_IN
from outbound.law.wording import read_out
from outbound.law.writing import digest_of, text_of

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.turn import Turn


def agreed(centre: Centre, told: LawAgreeAsked, turn: Turn) -> None:
    """Somebody agrees to a law as he has read it."""
    law = _written(centre, told.law)
    if digest_of(law) != told.digest:
        raise desk.Refused(f"law '{told.law}' was written anew meanwhile")
    agreements = centre.outbound.agreements
    if agreements.has_old_version(law):
        raise desk.Refused(f"version {law.version} of law '{told.law}' said something else; write a new version")
    word = agreements.ask(law, told.by, turn.now)
    turn.fact(
        LawAgreed(
            turn.now, law.name, law.version, word.digest, told.by, told.why, word.widens, word.in_force, word.text
        )
    )
    agreements.take(word, turn.now)
    put_in_force(centre)


def put_in_force(centre: Centre) -> None:
    """Let the laws of the present edition count, as far as people have agreed to them."""
    outbound = centre.outbound
    laws = outbound.agreements.laws(centre.plan.floor.laws)
    if laws != outbound.book.laws:
        outbound.book.become(laws)


def note(centre: Centre, fact: LawAgreed) -> None:
    """Take in what was agreed to earlier."""
    centre.outbound.agreements.told(fact.rules, by=fact.by, in_force=fact.in_force, now=fact.at)
    put_in_force(centre)


def _written(centre: Centre, name: str) -> Profile:
    law = centre.plan.floor.laws.get(name)
    if law is None or name in BUILT_IN:
        raise desk.Refused(f"no law of this house is called '{name}'")
    return law


class FloorLaws:
    """The desk's `LawDesk`."""

    def __init__(self, centre: Callable[[], Centre], clock: Callable[[], float]) -> None:
        self._centre = centre
        self._clock = clock

    def views(self) -> Sequence[LawView]:
        centre, now = self._centre(), self._clock()
        return [_view(centre, law, now) for _, law in sorted(centre.plan.floor.laws.items())]

    def rules(self, law: str, language: str) -> Sequence[LawRule] | None:
        found = self._centre().plan.floor.laws.get(law)
        if found is None:
            return None
        return [LawRule(one.rule, one.name, one.says, one.source, one.ours) for one in read_out(found, language)]


def _view(centre: Centre, law: Profile, now: float) -> LawView:
    agreements = centre.outbound.agreements
    known = law.name in BUILT_IN
    widens = () if known else agreements.ask(law, "", now).widens
    in_force = centre.outbound.book.laws.get(law.name) == law
    first = "" if known or in_force else agreements.first(law, now)
    return LawView(law.name, law.version, digest_of(law), in_force, widens, first, text_of(law))


ROUTES: Final[dict[type, Callable[[Centre, Any, Turn], None]]] = {LawAgreeAsked: agreed}
