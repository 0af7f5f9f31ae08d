"""Where a campaign's leads come from, and what it does when there are none: it rests, or is done.

It does not know how a list is kept, nor a rule of law.

Outside the hours of all places at which its lists' people may be, a campaign rests until the first of them opens:
nobody is looked at meanwhile, and nobody is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from outbound.campaign import Mode
from outbound.messages import FetchLeads, LeadsFetched
from outbound.states import CampaignState, Order
from outbound.turn import Turn

if TYPE_CHECKING:
    from outbound.dialler import Dialler
    from outbound.running import Running

HOURS = "hours"  # why it rests
AWAKE = frozenset({CampaignState.RUNNING, CampaignState.RESTING})
FED = AWAKE | {CampaignState.DONE}


def is_fed(run: Running) -> bool:
    """Whether a list gives it leads."""
    return run.state in FED and not run.dropped and run.campaign.mode is not Mode.MANUAL and bool(run.campaign.lists)


def fetch(dialler: Dialler, run: Running, turn: Turn) -> None:
    """Ask the list, if the hopper is low, or to see whether somebody is due now."""
    count = run.hopper.wants(turn.now) if is_fed(run) else 0
    if count:
        run.hopper.asked(count, turn.now)
        turn.say(FetchLeads(run.name, count, dialler.held(run)))


def mind_hours(dialler: Dialler, run: Running, turn: Turn) -> None:
    """Rest while it is no time for calls in any of its places; go on in the minute in which it is."""
    if run.dropped or run.state not in AWAKE:
        return
    opens_at = run.opens_at if is_fed(run) else 0.0
    if is_fed(run) and run.places:
        opens_at = dialler.law.opens(run.campaign, run.places, turn.now)
    if opens_at > turn.now:
        if opens_at != run.opens_at:
            dialler.order(run, Order.CLOSE, ("", HOURS), turn, opens_at)
            dialler.hide_all(run, turn)
    elif run.opens_at or not is_fed(run):
        dialler.order(run, Order.OPEN, ("", HOURS), turn)


def leads_fetched(dialler: Dialler, told: LeadsFetched, turn: Turn) -> None:
    """The list has answered: go on, rest, or be done."""
    run = dialler.campaigns.get(told.campaign)
    if run is None:
        return
    run.places = told.places
    run.hopper.fill(told.due, told.left, turn.now, dialler.held(run))
    mind_hours(dialler, run, turn)
    if len(run.hopper):
        if not run.opens_at:
            dialler.order(run, Order.FILL, ("", "leads are due"), turn)
    elif not run.alive:
        if told.left:
            dialler.order(run, Order.RUN_DRY, ("", "no lead is due now"), turn)
        else:
            dialler.order(run, Order.FINISH, ("", "every lead is at its end"), turn)
    dialler.moved.add(run.name)


ROUTES: dict[type, Callable[..., None]] = {LeadsFetched: leads_fetched}
