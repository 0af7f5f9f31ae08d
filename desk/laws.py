"""Laws for the people who answer for calls: what each says, and a word for it. Who says it is taken from the log-in.

It does not know what a law means, nor whether a word is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import StringConstraints

from desk.asking import Ask, Route, Who
from desk.campaign_shapes import Needed
from desk.faults import Fault, not_found
from desk.law_view import LawAgreeAsked, LawRule, LawView
from desk.models import Asked, Done

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class AgreementWanted(Asked):
    """`digest` is that of the text that was read."""

    digest: Digest
    why: Needed


class LawRead(Asked):
    """In which language a law is read out."""

    language: Literal["en", "zh"] = "en"


async def laws(ask: Ask) -> Sequence[LawView]:
    """List the laws."""
    return list(ask.desk.outbound.laws.views())


async def rules(ask: Ask) -> Sequence[LawRule]:
    """Read a law out."""
    wanted: LawRead = ask.asked
    found = ask.desk.outbound.laws.rules(ask.part("law"), wanted.language)
    if found is None:
        raise not_found("law")
    return found


async def agree(ask: Ask) -> Done:
    """Give one's word for a law as it was read."""
    name, wanted = ask.part("law"), ask.asked
    view = next((one for one in ask.desk.outbound.laws.views() if one.law == name), None)
    if view is None:
        raise not_found("law")
    if view.digest != wanted.digest:
        raise Fault(409, "changed", "The law was written anew meanwhile; read it again.", "digest")
    if view.in_force:
        raise Fault(409, "in_force", "This law is in force already.")
    await ask.desk.floor.tell(LawAgreeAsked(ask.user.user, name, wanted.digest, wanted.why.strip()))
    return Done()


def routes() -> tuple[Route, ...]:
    """The addresses of this room."""
    one = "/api/laws/{law}/agree"
    told = "Agree to a law of the house as it is written"
    return (
        Route("GET", "/api/laws", Who.WATCH, laws, "The laws that calls are made under", Sequence[LawView]),
        Route(
            *("GET", "/api/laws/{law}/rules", Who.WATCH, rules, "A law in words, and where each rule comes from"),
            *(Sequence[LawRule], LawRead),
            refusals=(404,),
        ),
        Route("POST", one, Who.ADMINISTRATOR, agree, told, Done, AgreementWanted, refusals=(404, 409, 422)),
    )
