"""`switchroom audit campaign`: the proof of a campaign's calls, from the ledger and the journal's facts.

It does not know how anything is proved (`switchroom/dial_ledger/`). It reads beside a running server.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Final

from journal.rows import RawFact
from journal.views import JournalReader
from outbound.law.words import why_not
from switchroom.commands.answers import Code, OutsideError, UsageError, print_json, print_line, settings_from
from switchroom.commands.cells import print_table
from switchroom.commands.moments import MomentError, moment, zone_of
from switchroom.commands.report_steps import open_journal
from switchroom.dial_ledger.files import FOLDER, files_of, lines_of
from switchroom.dial_ledger.hours_read import outside
from switchroom.dial_ledger.proving import RECORDED, SEALED, Proof, prove
from switchroom.dial_ledger.recount import MEASURES, Period, Recount, Tally, of_the_house
from switchroom.dial_ledger.tries_read import NO_PROMISE, Breach
from switchroom.numbering import placed
from switchroom.settings import Settings
from switchroom.words import say, terminal_language

PAGE: Final = 1000
MOST_SHOWN: Final = 5  # broken windows of a law that a person is shown; JSON has all that had anybody in them
QUIET: Final = frozenset({"strict@2026.1"})  # told only where calls were made under it


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one law says. `periods` follow each other by its window; `worst` is the highest rate of any moment."""

    rules: str
    cap: float
    is_own: bool
    periods: tuple[Period, ...]
    worst: Tally
    worst_at: float

    @property
    def is_kept(self) -> bool:
        return all(period.tally.rate <= self.cap for period in self.periods)


def audit_campaign(campaign: str, since: str, until: str, config: Path | None, *, as_json: bool) -> Code:
    """Print the proof. Code 1 when something does not hold, or the campaign's own law was broken."""
    settings = settings_from(config).settings
    folder = settings.server.data / FOLDER
    if not files_of(folder):
        raise OutsideError(say("audit.no_ledger", folder=folder), say("audit.no_ledger.remedy"))
    journal = open_journal(settings)
    try:
        facts, seals = _facts(journal, RECORDED), _facts(journal, (SEALED,))
        proof = prove(campaign, lines_of(folder), facts, seals, _zones)
    finally:
        journal.close()
    if not proof.trail.begun and not proof.trail.ends:
        raise UsageError(say("audit.unknown", campaign=campaign))
    judgements = _judgements(proof, *_interval(settings, since, until, proof))
    weeks = {rules: law["week"] for rules, law in proof.house.items()}
    late = outside(proof.trail.begun, _zones, weeks)
    (_as_json if as_json else _show)(settings, proof, judgements, late)
    kept = all(one.is_kept for one in judgements if one.is_own)
    dialled_well = not (late or proof.trail.blocked or proof.trail.breaches)
    return Code.OK if proof.is_sound and kept and dialled_well else Code.NO


def _zones(number: str) -> tuple[str, ...]:
    return placed(number).zones


def _facts(journal: JournalReader, kinds: tuple[str, ...]) -> Iterator[RawFact]:
    after = -1  # there is no fact 0, unless somebody has put one there
    while page := journal.raw_facts(after, PAGE, kinds):
        yield from page
        after = page[-1].seq


def _interval(settings: Settings, since: str, until: str, proof: Proof) -> tuple[float, float]:
    """From the campaign's first call until now, where nothing else is asked for."""
    moments = [at for at, *_ in proof.trail.begun] + [end.at for end in proof.trail.ends]
    zone, now = zone_of(settings.server.timezone), time.time()
    try:
        begin = moment(since, now, zone) if since else min(moments)
        end = moment(until, now, zone)
    except MomentError as error:
        raise UsageError(str(error)) from error
    if begin >= end:
        raise UsageError(say("report.order"))
    return begin, end


def _judgements(proof: Proof, since: float, until: float) -> list[Judgement]:
    recount = Recount([(end.at, end.outcome, end.waited) for end in proof.trail.ends])
    own = {rules for _, rules, *_ in proof.trail.begun}
    found = []
    house = (of_the_house(law) for rules, law in sorted(proof.house.items()) if rules in own)
    for measure in (*(one for one in MEASURES if one.rules in own or one.rules not in QUIET), *house):
        at, worst = recount.worst(measure)
        periods = tuple(one for one in recount.periods(measure, since, until) if one.tally.persons)
        found.append(Judgement(measure.rules, measure.cap, measure.rules in own, periods, worst, at))
    return found


def _as_json(settings: Settings, proof: Proof, judgements: list[Judgement], late: list[tuple[float, str]]) -> None:
    del settings
    laws = [{**asdict(one), "is_kept": one.is_kept} for one in judgements]
    print_json(
        {
            "campaign": proof.campaign,
            "sound": proof.is_sound,
            "faults": proof.faults,
            "records": proof.recorded,
            "head": proof.head,
            "seals": proof.seals,
            "not_recorded_yet": proof.behind,
            "claims_compared": proof.claims,
        "persons_erased": proof.erasures,
            "dials": len(proof.trail.begun),
            "ended": len(proof.trail.ends),
            "refused": proof.trail.refused,
            "outside_hours": [{"at": at, "number": number} for at, number in late],
            "blocked_dialled": [{"at": at, "number": number} for at, number in proof.trail.blocked],
            "rules_broken": [asdict(one) for one in proof.trail.breaches],
            "laws": laws,
        }
    )


def _show(settings: Settings, proof: Proof, judgements: list[Judgement], late: list[tuple[float, str]]) -> None:
    zone = zone_of(settings.server.timezone)
    said: dict[str, Any] = {"records": proof.recorded, "head": proof.head, "seals": proof.seals}
    print_line(say("audit.chain.holds", **said) if proof.is_sound else say("audit.chain.fails", **said))
    for fault in proof.faults:
        print_line(f"  {fault}")
    if proof.behind:
        print_line(say("audit.behind", count=proof.behind))
    if proof.erasures:
        print_line(say("audit.erased", persons=proof.erasures, facts=len(proof.altered)))
    print_line(say("audit.compared", claims=proof.claims, dials=len(proof.trail.begun), ended=len(proof.trail.ends)))
    refused = ", ".join(f"{reason} {count}" for reason, count in sorted(proof.trail.refused.items()))
    print_line(say("audit.refused", refused=refused or "-"))
    print_line(say("audit.hours", count=len(late)))
    print_line(say("audit.blocked", count=len(proof.trail.blocked)))
    _show_breaches(proof.trail.breaches, zone)
    rows = [row for one in judgements for row in _rows(one, zone)]
    print_table(say("audit.heads").split(", "), rows, 2)
    print_line(say("audit.own"))


def _show_breaches(breaches: list[Breach], zone: tzinfo) -> None:
    """Of each rule that was broken how often, and the first dials that did."""
    print_line(say("audit.rules", count=len({one.attempt for one in breaches})))
    for rule in sorted({one.rule for one in breaches}):
        broken = [one for one in breaches if one.rule == rule]
        some = (datetime.fromtimestamp(one.at, zone).isoformat(" ", "seconds") for one in broken[:MOST_SHOWN])
        why = say("audit.no_promise") if rule == NO_PROMISE else why_not(rule, terminal_language())
        print_line(say("audit.rule", count=len(broken), why=why, some=", ".join(some)))


def _rows(one: Judgement, zone: tzinfo) -> Iterator[list[str]]:
    """The law's windows: how many and how many broken, the worst of these, the last one; and the worst moment."""
    name = f"{one.rules}{' *' if one.is_own else ''}"
    broken = [period for period in one.periods if period.tally.rate > one.cap]
    shown = sorted(broken, key=lambda period: -period.tally.rate)[:MOST_SHOWN]
    yield [name, say("audit.windows", count=len(one.periods), broken=len(broken)), "", "", "", f"{one.cap:.1%}", ""]
    for period in (*shown, *(period for period in one.periods[-1:] if period not in shown)):
        since = datetime.fromtimestamp(period.since, zone).isoformat(" ", "minutes")
        kept = say("audit.kept") if period.tally.rate <= one.cap else say("audit.broken")
        yield ["", since, *_counts(period.tally), "", kept]
    yield ["", say("audit.worst"), *_counts(one.worst), "", ""]


def _counts(tally: Tally) -> list[str]:
    return [str(tally.abandoned), str(tally.persons), f"{tally.rate:.3%}"]
