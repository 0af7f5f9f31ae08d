"""Taking a person out of lists and results at his own request: an administrator's word, which nothing brings back.

It does not know where he is kept. His numbers are blocked first, so that he is not called while he is being forgotten,
nor by the next list that has him; that they are blocked is all that stays of him.
"""

from __future__ import annotations

from desk.asking import Ask, Route, Who
from desk.campaign_shapes import Needed, Number
from desk.campaign_vocabulary import NumberBlockAsked
from desk.faults import Fault
from desk.forgetting_view import Forgotten, NotForgotten
from desk.models import Asked


class ForgetWanted(Asked):
    """`number`: one of his. `why` is kept for good, and is not the place for his name.

    `recordings`: those of talks with him are deleted, too.
    """

    number: Number
    why: Needed
    recordings: bool = False


async def forget(ask: Ask) -> Forgotten:
    """Block his numbers, and take him out of lists and results."""
    wanted: ForgetWanted = ask.asked
    people, user, why = ask.desk.outbound.people, ask.user.user, wanted.why.strip()
    try:
        for number in await people.numbers(wanted.number):
            await ask.desk.floor.tell(NumberBlockAsked(user, number, why, "", prefix=False))
        return await people.forget(wanted.number, user, why, recordings=wanted.recordings)
    except NotForgotten as refused:
        raise Fault(409, "not_forgotten", str(refused)) from None


def routes() -> tuple[Route, ...]:
    """The addresses of this room."""
    told = "Take a person out of lists and results, and call him no more"
    return (
        Route(
            *("POST", "/api/outbound/forget", Who.ADMINISTRATOR, forget, told, Forgotten, ForgetWanted),
            refusals=(409,),
        ),
    )
