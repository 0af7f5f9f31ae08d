"""Figures as they are asked for over HTTP: of an interval, line by line, of agents' time, and whether all counts agree.

It does not know any formula, nor how the past is kept.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from acd.grid import TooFine
from desk.agent_times import AgentTimes, TimesWanted
from desk.asking import Ask, Route, Who
from desk.breakdown import Breakdown, BreakdownWanted
from desk.faults import Fault
from desk.figures import Figures, Wanted
from desk.models import BreakdownAsked, FiguresAsked, TimesAsked
from desk.reckoning import Reckoning


async def figures(ask: Ask) -> Figures:
    """Work out all six rates of an interval."""
    wanted: FiguresAsked = ask.asked
    since, until = wanted.bounds(ask.now)
    question = Wanted(
        since, until, wanted.queue, *_limits(ask, wanted), live=wanted.until is None, level=wanted.level
    )
    return await ask.desk.figures.ask(ask.desk.library, question, ask.now)


async def breakdown(ask: Ask) -> Breakdown:
    """Work out figures line by line."""
    wanted: BreakdownAsked = ask.asked
    since, until = wanted.bounds(ask.now)
    question = BreakdownWanted(
        since, until, wanted.parts(), wanted.queue, *_limits(ask, wanted), wanted.level, zone_of(ask)
    )
    try:
        if wanted.until is not None:
            return await ask.desk.library.breakdown(question)
        key = replace(question, until=0.0)
        return await ask.desk.figures.share(key, lambda: ask.desk.library.breakdown(question), ask.now)
    except TooFine as fault:
        raise Fault(422, "too_fine", str(fault), "by") from fault


async def agent_times(ask: Ask) -> AgentTimes:
    """Work out agents' time; an agent gets his own."""
    wanted: TimesAsked = ask.asked
    since, until = wanted.bounds(ask.now)
    agent = wanted.agent if ask.sees_all else ask.user.user
    question = TimesWanted(since, until, ask.now, agent, ask.desk.planned, wanted.by, zone_of(ask))
    try:
        if wanted.until is not None:
            return await ask.desk.library.agent_times(question)
        key = replace(question, until=0.0, now=0.0)
        return await ask.desk.figures.share(key, lambda: ask.desk.library.agent_times(question), ask.now)
    except TooFine as fault:
        raise Fault(422, "too_fine", str(fault), "by") from fault


async def reconciliation(ask: Ask) -> Reckoning:
    """Tell how the live count of callers stands."""
    return ask.desk.reckoning()


def _limits(ask: Ask, wanted: FiguresAsked) -> tuple[float, float]:
    settings = ask.desk.settings
    target = settings.target if wanted.target is None else wanted.target
    return target, settings.short_abandon if wanted.short is None else wanted.short


def zone_of(ask: Ask) -> tzinfo:
    """Where the clocks on the wall are."""
    name = ask.desk.settings.timezone
    return UTC if name == "UTC" else ZoneInfo(name)


def figure_routes() -> tuple[Route, ...]:
    """Where figures are."""
    return (
        Route(
            *("GET", "/api/figures", Who.USER, figures, "All six rates of an interval, with names"),
            *(Figures, FiguresAsked),
        ),
        Route(
            *("GET", "/api/figures/breakdown", Who.SUPERVISOR, breakdown, "Figures by queue, skill, agent, interval"),
            *(Breakdown, BreakdownAsked),
            refusals=(422,),
        ),
        Route(
            *("GET", "/api/figures/agents", Who.USER, agent_times, "Agents' time by state, occupancy, adherence"),
            *(AgentTimes, TimesAsked),
            refusals=(422,),
        ),
        Route(
            *("GET", "/api/figures/reconciliation", Who.SUPERVISOR, reconciliation, "Whether all counts agree"),
            Reckoning,
        ),
    )
