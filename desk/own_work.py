"""What an agent has of campaigns, and his word about it: a talk's result, a preview taken or passed, a number dialled.

It does not know what follows. An agent speaks of his own calls alone; the floor refuses any other.
"""

from __future__ import annotations

from desk.asking import Ask, Route, Who
from desk.campaign_shapes import DialWanted, OutcomeWanted, PreviewAnswer
from desk.campaign_view import AgentWork
from desk.campaign_vocabulary import NumberDialAsked, OutcomeGiven, PreviewAnswered
from desk.models import Done


async def work(ask: Ask) -> AgentWork:
    """Tell what he has of campaigns now."""
    return ask.desk.outbound.campaigns.works().get(ask.user.user, AgentWork(ask.user.user))


async def outcome(ask: Ask) -> Done:
    """Say what came of a talk of his."""
    wanted: OutcomeWanted = ask.asked
    whom = ask.user.user if wanted.mine and wanted.again else ""
    await ask.desk.floor.tell(
        OutcomeGiven(
            ask.user.user, wanted.contact, wanted.result, wanted.again, whom, wanted.note.strip(), wanted.amount,
            wanted.block,
        )
    )  # fmt: skip
    return Done()


async def preview(ask: Ask) -> Done:
    """Call the person whom he was shown, or pass him over."""
    wanted: PreviewAnswer = ask.asked
    said = PreviewAnswered(ask.user.user, wanted.campaign, wanted.lead, wanted.take, wanted.why.strip())
    await ask.desk.floor.tell(said)
    return Done()


async def dial(ask: Ask) -> Done:
    """Dial a number by hand."""
    wanted: DialWanted = ask.asked
    await ask.desk.floor.tell(NumberDialAsked(ask.user.user, wanted.campaign, wanted.number.strip()))
    return Done()


def routes() -> tuple[Route, ...]:
    """The addresses of this room."""
    who, path = Who.AGENT, "/api/me"
    return (
        Route("GET", f"{path}/work", who, work, "What the agent has of campaigns now", AgentWork),
        Route(
            *("POST", f"{path}/outcome", who, outcome, "What came of the agent's talk", Done, OutcomeWanted),
            refusals=(409,),
        ),
        Route(
            *("POST", f"{path}/preview", who, preview, "Call the person shown, or pass him over", Done, PreviewAnswer),
            refusals=(409,),
        ),
        Route("POST", f"{path}/dial", who, dial, "Dial a number by hand", Done, DialWanted, refusals=(409,)),
    )
