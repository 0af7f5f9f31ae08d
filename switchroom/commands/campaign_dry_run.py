"""`switchroom campaign dry-run`: a campaign as its text says it, against drawn customers; nobody is called.

It does not know how a dry run is made; `switchroom/campaign_day/` does. Nothing is written.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track

from ivr.public_days import Public, public_day
from journal.lead_store import LeadStore
from outbound.campaign import Mode
from outbound.law.book import LawBook
from outbound.law.words import why_not
from outbound.pacing.choosing import pacer_for
from switchroom.campaign_day.dry_leads import leads_of, made_leads
from switchroom.campaign_day.dry_run import DryRun
from switchroom.campaign_day.dry_text import DryText, midnight, parse_dry_text
from switchroom.campaign_day.forecast import Forecast, Span, forecast
from switchroom.commands.answers import Code, UsageError, print_json, print_line, settings_from
from switchroom.commands.cells import print_table
from switchroom.commands.moments import MomentError, moment, zone_of
from switchroom.lead_shelf import store_folder
from switchroom.numbering import law_book
from switchroom.trial.floor import FloorAtFault, trial_plan
from switchroom.words import say, terminal_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from outbound.campaign import Campaign
    from outbound.lead import Due
    from outbound.permission import Permission
    from switchroom.campaign_day.dry_told import Dial, Told
    from switchroom.plan import Plan
    from switchroom.settings import Settings

FOLDER = "dry-runs"
USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `people` describes customers and agents: a file, or a name in dialplans/dry-runs."""

    campaign: str
    people: str = ""
    since: str = "today"
    days: int = 5
    seed: int = 1
    draws: int = 3
    agents: int = 0
    leads: int = 0
    dials: int = 100
    dialplans: Path | None = None


def dry_run(wish: Wish, config: Path | None, *, as_json: bool) -> Code:
    """Run it some times, and print the forecast and the first dials with their reasons."""
    settings = settings_from(config).settings
    folder = wish.dialplans or settings.server.dialplans
    plan = _plan(folder, settings)
    campaign = _campaign(wish, plan)
    text = _people(wish, folder)
    zone = zone_of(settings.server.timezone)
    start = _start(wish, zone)
    real = _leads(wish, settings, campaign, start + timedelta(days=wish.days))
    due = real or list(made_leads(text.leads, settings.server.timezone))
    run = DryRun(campaign, plan.house(), _book(plan, made=not real), pacer_for, text, due)
    told = [run.once(start, wish.days, seed) for seed in _seen(range(wish.seed, wish.seed + wish.draws))]
    summed = forecast(told, start.timestamp(), campaign.cap, (text.line_price, text.agent_price))
    if as_json:
        _as_json(wish, summed, told, real=bool(real))
    else:
        _show(campaign, summed, len(due), real=bool(real))
        _show_dials(wish, told[0], zone)
    return Code.OK


# ── what is run ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _plan(folder: Path, settings: Settings) -> Plan:
    try:
        return trial_plan(folder, settings.server.country)
    except FloorAtFault as fault:
        raise UsageError(f"{fault}\n" + say("check.faults", count=len(fault.faults), folder=folder)) from fault


def _campaign(wish: Wish, plan: Plan) -> Campaign:
    known = {campaign.name: campaign for campaign in plan.campaigns()}
    if wish.campaign in known and known[wish.campaign].mode is Mode.MANUAL:
        raise UsageError(say("dry.manual", name=wish.campaign))
    if wish.campaign not in known:
        raise UsageError(say("dry.none", name=wish.campaign, known=", ".join(sorted(known)) or "-"))
    return known[wish.campaign]


def _people(wish: Wish, dialplans: Path) -> DryText:
    folder = dialplans / FOLDER
    path = Path(wish.people) if Path(wish.people).is_file() else folder / f"{wish.people or USUAL}.yaml"
    if not path.is_file() and wish.people:
        known = ", ".join(sorted(each.stem for each in folder.glob("*.yaml"))) or "-"
        raise UsageError(say("dry.people.none", name=wish.people, folder=folder, known=known))
    text, faults = parse_dry_text(path.read_bytes() if path.is_file() else b"{}", str(path))
    if faults:
        raise UsageError("\n".join(map(str, faults.all())))
    return replace(text, agents=wish.agents or text.agents, leads=wish.leads or text.leads)


def _start(wish: Wish, zone: tzinfo) -> datetime:
    try:
        return midnight(moment(wish.since, time.time(), zone), zone)
    except MomentError as fault:
        raise UsageError(str(fault)) from fault


def _leads(wish: Wish, settings: Settings, campaign: Campaign, end: datetime) -> list[Due]:
    """The lists as they stand, where they are imported; else none."""
    folder = store_folder(settings.server.data)
    if wish.leads or not folder.is_dir():
        return []
    with LeadStore(folder) as store:
        return leads_of(store, campaign, end.timestamp())


def _seen(seeds: range) -> Iterable[int]:
    """With a bar for people, for a run of many days takes minutes."""
    console = Console(stderr=True)
    return track(seeds, say("dry.drawing"), console=console, transient=True, disable=not console.is_terminal)


def _book(plan: Plan, *, made: bool) -> Callable[[], Permission]:
    """Made numbers are in no country's plan: they are taken as they are, with the zone that they were given."""
    laws = plan.floor.laws
    return (lambda: LawBook(laws, _holiday)) if made else (lambda: law_book(laws))


def _holiday(country: str, day: date) -> bool:
    return public_day(country, day) is Public.HOLIDAY


# ── what is printed ─────────────────────────────────────────────────────────────────────────────────────────────────


def _as_json(wish: Wish, told: Forecast, runs: list[Told], *, real: bool) -> None:
    first = runs[0]
    print_json(
        {
            "campaign": wish.campaign,
            "seed": wish.seed,
            "real_leads": real,
            "forecast": asdict(told),
            "dials": [asdict(dial) for dial in first.dials[: wish.dials]],
            "refused": [asdict(dial) for dial in first.refused[: wish.dials]],
        }
    )


def _show(campaign: Campaign, told: Forecast, leads: int, *, real: bool) -> None:
    mode = campaign.mode.value
    print_line(say("dry.title", name=campaign.name, mode=mode, law=campaign.law, leads=leads, draws=told.draws))
    print_line(say("dry.leads.real") if real else say("dry.leads.made"))
    lines = [(say(f"dry.row.{name}"), *_cells(span, unit)) for name, span, unit in _rows(told)]
    print_table([say("dry.head.what"), say("dry.head.mean"), say("dry.head.least"), say("dry.head.most")], lines, 1)
    print_line(say("dry.finished", finished=told.finished, draws=told.draws))
    print_line(say("dry.risk", broken=told.broken, draws=told.draws, cap=f"{campaign.cap:.1%}"))
    print_line(say("dry.outcomes", told=_counts(told.outcomes)))
    if told.refusals:
        print_line(say("dry.refusals", told=_counts(told.refusals)))


def _rows(told: Forecast) -> list[tuple[str, Span | None, str]]:
    return [
        ("days", told.days, ".2f"),
        ("dials", told.dials, ".0f"),
        ("connected", told.connected, ".0f"),
        ("talking", told.talking, ".1%"),
        ("idle", told.idle, ".0f"),
        ("abandonment", told.abandonment, ".2%"),
        ("misheard", told.misheard, ".0f"),
        ("line_cost", told.line_cost, "money"),
        ("agent_cost", told.agent_cost, "money"),
        ("cost_a_connect", told.cost_a_connect, "money"),
        ("left", told.left, ".0f"),
    ]


def _cells(span: Span | None, unit: str) -> tuple[str, str, str]:
    if span is None:
        return ("-", "-", "-")
    mean, least, most = (
        f"{value / 100:.2f}" if unit == "money" else f"{value:{unit}}" for value in (span.mean, span.least, span.most)
    )
    return mean, least, most


def _counts(counts: dict[str, float]) -> str:
    return ", ".join(f"{name} {count:.0f}" for name, count in sorted(counts.items(), key=lambda each: -each[1]))


def _show_dials(wish: Wish, first: Told, zone: tzinfo) -> None:
    """The first dials of the first draw, and who was passed over."""
    both = sorted([*first.dials[: wish.dials], *first.refused[: wish.dials]], key=lambda dial: dial.at)
    heads = ("time", "lead", "number", "tries", "why")
    print_line(say("dry.dials", count=min(wish.dials, len(first.dials))))
    print_table([say(f"dry.head.{head}") for head in heads], [_dial(dial, zone) for dial in both], 5)


def _dial(dial: Dial, zone: tzinfo) -> tuple[str, ...]:
    at, why = _clock(dial.at, zone), dial.why
    if not dial.refused:
        return (at, dial.lead, dial.number, str(dial.tries + 1), say(f"dry.why.{why}"))
    until = say("dry.until", at=_clock(dial.until, zone)) if dial.until else say("dry.never")
    return (at, dial.lead, dial.number, "-", f"{why_not(why, terminal_language())}, {until}")


def _clock(at: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%m-%d %H:%M:%S")
