"""Campaigns for the people who run them: how each stands, and a word to it. Who says it is taken from the log-in.

It does not know what follows from a word. Only an administrator may move a cap or lift a block; a supervisor may look,
pause and stop. Who runs the campaigns of one department knows of no other.
"""

from __future__ import annotations

from collections.abc import Sequence

from desk.asking import Act, Ask, Route, Who
from desk.campaign_shapes import (
    BlockWanted,
    ProjectionAsked,
    StartWanted,
    TrialWanted,
    TuneWanted,
    WhyTold,
)
from desk.campaign_view import CampaignView, Overtaken, Projection
from desk.campaign_vocabulary import (
    CampaignPauseAsked,
    CampaignStartAsked,
    CampaignStopAsked,
    CampaignTuneAsked,
    NumberBlockAsked,
    NumberUnblockAsked,
    OfCampaigns,
    TrialCallAsked,
)
from desk.faults import Fault, not_found
from desk.models import Asked, Done
from desk.users import Role, User


def may_know(user: User, view: CampaignView) -> bool:
    """Whether this campaign is his to see."""
    return user.role is not Role.CAMPAIGNS or not user.department or user.department == view.department


def campaign_of(ask: Ask) -> CampaignView:
    """The campaign of the path, if it is his to know."""
    wanted = ask.part("campaign")
    view = next((one for one in ask.desk.outbound.campaigns.views() if one.campaign == wanted), None)
    if view is None or not may_know(ask.user, view):
        raise not_found("campaign")
    return view


async def knows_attempt(ask: Ask, contact: str) -> bool:
    """Whether this call was made for a campaign that is his to know."""
    if ask.user.role is not Role.CAMPAIGNS:
        return False
    campaign = await ask.desk.outbound.attempts.campaign_of(contact)
    return any(one.campaign == campaign and may_know(ask.user, one) for one in ask.desk.outbound.campaigns.views())


async def campaigns(ask: Ask) -> Sequence[CampaignView]:
    """List the campaigns as they stand."""
    return [one for one in ask.desk.outbound.campaigns.views() if may_know(ask.user, one)]


async def campaign(ask: Ask) -> CampaignView:
    """Tell how one campaign stands."""
    return campaign_of(ask)


async def projected(ask: Ask) -> Projection:
    """Tell what would come of other settings."""
    view, wanted = campaign_of(ask), ask.asked
    settings = wanted.mode or view.mode, wanted.ratio or view.ratio, view.cap if wanted.cap is None else wanted.cap
    try:
        answer = await ask.desk.outbound.campaigns.projected(ask.user.user, view.campaign, *settings)
    except Overtaken:
        raise Fault(409, "overtaken", "You have asked something newer since.") from None
    if answer is None:
        raise not_found("campaign")
    return answer


async def start(ask: Ask) -> Done:
    """Let it run, from its beginning or after a pause."""
    wanted: StartWanted = ask.asked
    return await _tell(ask, CampaignStartAsked(ask.user.user, campaign_of(ask).campaign, wanted.why, wanted.pilot))


async def pause(ask: Ask) -> Done:
    """Dial nobody new; who rings may answer."""
    return await _tell(ask, CampaignPauseAsked(ask.user.user, campaign_of(ask).campaign, ask.asked.why))


async def stop(ask: Ask) -> Done:
    """Dial nobody new, and hang up whatever rings."""
    return await _tell(ask, CampaignStopAsked(ask.user.user, campaign_of(ask).campaign, ask.asked.why))


async def tune(ask: Ask) -> Done:
    """Change how it runs, at once."""
    view, wanted = campaign_of(ask), ask.asked
    if wanted.cap is not None:
        if ask.user.role is not Role.ADMINISTRATOR:
            raise Fault(403, "not_allowed", "The cap is for administrators only.", "cap")
        if view.law_cap and wanted.cap > view.law_cap:
            raise Fault(422, "above_the_law", f"The law allows {100 * view.law_cap:g} % at most.", "cap")
    return await _tell(
        ask,
        CampaignTuneAsked(
            ask.user.user, view.campaign, wanted.why, wanted.mode, wanted.ratio, wanted.cap, wanted.lines
        ),
    )


async def trial(ask: Ask) -> Done:
    """Call a number of ours as a customer would be called."""
    wanted: TrialWanted = ask.asked
    return await _tell(ask, TrialCallAsked(ask.user.user, campaign_of(ask).campaign, wanted.number.strip()))


async def block(ask: Ask) -> Done:
    """Call this number no more."""
    return await _tell(ask, NumberBlockAsked(*_blocked(ask)))


async def unblock(ask: Ask) -> Done:
    """Let this number be called again."""
    return await _tell(ask, NumberUnblockAsked(*_blocked(ask)))


def _blocked(ask: Ask) -> tuple[str, str, str, str, bool]:
    wanted: BlockWanted = ask.asked
    return ask.user.user, wanted.number.strip(), wanted.why.strip(), wanted.scope, wanted.prefix


async def _tell(ask: Ask, said: OfCampaigns) -> Done:
    await ask.desk.floor.tell(said)
    return Done()


def routes() -> tuple[Route, ...]:
    """The addresses of this room."""
    one = "/api/campaigns/{campaign}"
    runs, watches, rules = Who.CAMPAIGNS, Who.WATCH, Who.ADMINISTRATOR

    def post(path: str, who: Who, act: Act, summary: str, asked: type[Asked], *more: int) -> Route:
        return Route("POST", path, who, act, summary, Done, asked, refusals=(409, *more))

    return (
        Route("GET", "/api/campaigns", watches, campaigns, "The campaigns as they stand now", Sequence[CampaignView]),
        Route("GET", one, watches, campaign, "One campaign as it stands now", CampaignView, refusals=(404,)),
        Route(
            *("GET", f"{one}/projection", watches, projected, "What would come of other settings"),
            *(Projection, ProjectionAsked),
            refusals=(404, 409),
        ),
        post(f"{one}/start", runs, start, "Start it, or go on after a pause", StartWanted, 404),
        post(f"{one}/pause", watches, pause, "Dial nobody new", WhyTold, 404),
        post(f"{one}/stop", watches, stop, "Dial nobody new, and hang up what rings", WhyTold, 404),
        post(f"{one}/tune", runs, tune, "Change mode, ratio, lines; the cap for administrators", TuneWanted, 404, 422),
        post(f"{one}/trial", runs, trial, "Call a number of ours as a customer", TrialWanted, 404),
        post("/api/blocks", runs, block, "Call this number no more", BlockWanted),
        post("/api/blocks/lift", rules, unblock, "Let this number be called again", BlockWanted),
    )
