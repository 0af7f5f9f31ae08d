"""What a demo says at its end: the server's figures beside the carrier's own counts, for people and as JSON.

It does not know how either was found out.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from switchroom.outside.campaign_tally import Side
    from switchroom.outside.robots import Deeds
    from switchroom.outside.tally import Agreement, ServerCall, Tally


@dataclass(frozen=True, slots=True)
class Run:
    """How the demo went, apart from the calls. `first_ring_after`: seconds from the end of set-up, None: no ring."""

    seed: int
    seconds: float
    kills: int
    took: dict[str, float]
    first_ring_after: float | None
    robots: bool


@dataclass(frozen=True, slots=True)
class Pops:
    """Screen pops of the robot agents. `lead_*` is by how many milliseconds the screen came before the ring.

    `with_the_ring`: read within 5 ms of each other here, too close to tell.
    """

    rings: int
    before_the_ring: int
    with_the_ring: int
    late: int
    missing: int
    lead_least_ms: float | None
    lead_median_ms: float | None


@dataclass(frozen=True, slots=True)
class CampaignShown:
    """The demo's campaign: so many `customers` on its list, and what both sides count of them. `page` shows it live.

    `begun`: it was started before the time was over. `law` is the demo's own, open at any hour, in force nowhere else.
    """

    campaign: str
    law: str
    page: str
    customers: int
    begun: bool
    server: Side
    carrier: Side
    outcomes: Mapping[str, int]
    agrees: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """`offered` asked for a person; `rates` are percents under their keys, None without a base.

    `checks` is how often the server has held its own counts against each other since it was started last. All counts
    but those of `campaign` (None: the floor has none) are of people who called; `agree` is of both.
    """

    offered: int
    answered: int
    abandoned: int
    ended_in_flow: int
    flowed_out: int
    callback: int
    lost: int
    rates: dict[str, float | None]
    rate_names: dict[str, str]
    carrier: Tally
    agree: bool
    crossed: int
    strangers: int
    strangers_answered: int
    checks: int
    differences: tuple[str, ...]
    pops: Pops
    run: Run
    campaign: CampaignShown | None = None


def pops_of(deeds: Iterable[Deeds]) -> Pops:
    """Add up what the robots with a screen saw."""
    everyone = list(deeds)
    leads = [lead for one in everyone for lead in one.pop_leads]
    missing = sum(one.rings_without_pop for one in everyone)
    together = sum(one.pops_with_ring for one in everyone)
    late = sum(len(one.pops_after_ring) for one in everyone)
    return Pops(
        rings=len(leads) + together + missing,
        before_the_ring=len(leads),
        with_the_ring=together,
        late=late,
        missing=missing - late,
        lead_least_ms=round(min(leads) * 1000, 1) if leads else None,
        lead_median_ms=round(median(leads) * 1000, 1) if leads else None,
    )


def summarize(  # noqa: PLR0913, PLR0917 - the two stories, what compares them, and the circumstances
    figures: dict[str, Any],
    calls: Iterable[ServerCall],
    carrier: Tally,
    agreement: Agreement,
    pops: Pops,
    run: Run,
    checks: int,
    campaign: CampaignShown | None = None,
) -> Summary:
    """Put everything together. `figures` is the answer of GET /api/figures."""
    outcomes = [call.outcome for call in calls]
    counts = figures["counts"]
    return Summary(
        offered=figures["asked"],
        answered=counts["answered"],
        abandoned=counts["abandoned"],
        ended_in_flow=outcomes.count("ended_in_flow"),
        flowed_out=counts["flowed_out"],
        callback=counts["callback"],
        lost=outcomes.count("lost"),
        rates={rate["key"]: rate["percent"] for rate in figures["rates"]},
        rate_names={rate["key"]: rate["name"] for rate in figures["rates"]},
        carrier=carrier,
        agree=agreement.agree,
        crossed=agreement.crossed,
        strangers=agreement.strangers,
        strangers_answered=agreement.strangers_answered,
        checks=checks,
        differences=agreement.differences,
        pops=pops,
        run=run,
        campaign=campaign,
    )


def write_json(summary: Summary, path: Path) -> None:
    """Write the summary. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_json(summary) + "\n", encoding="utf-8")


def as_json(summary: Summary) -> str:
    """One JSON document."""
    return json.dumps(asdict(summary), ensure_ascii=False, indent=2)


def tables(summary: Summary) -> list[Table]:
    """Make the tables for a terminal: the two stories side by side, the six rates, and the campaign."""
    counts = Table(title="What became of the calls", title_justify="left")
    for heading in ("", "server", "carrier"):
        counts.add_column(heading, justify="left" if not heading else "right")
    carrier = summary.carrier
    for name, ours, theirs in (
        ("talked with an agent", summary.answered, carrier.talked),
        ("gave up waiting", summary.abandoned, carrier.gave_up),
        ("ended in the flow", summary.ended_in_flow, carrier.ended_in_flow),
        ("lost, cut off or unknown", summary.lost, carrier.cut_off + carrier.unknown),
        ("refused at the door", 0, carrier.refused),
    ):
        counts.add_row(name, str(ours), str(theirs))
    rates = Table(title="Service level, six ways", title_justify="left")
    rates.add_column("rate")
    rates.add_column("percent", justify="right")
    for key, percent in summary.rates.items():
        rates.add_row(summary.rate_names[key], "-" if percent is None else f"{percent:.1f}")
    return [counts, rates, *([] if summary.campaign is None else [_campaign(summary.campaign)])]


def _campaign(shown: CampaignShown) -> Table:
    table = Table(title=f"Campaign {shown.campaign}: {shown.customers} customers", title_justify="left")
    for heading in ("", "server", "carrier"):
        table.add_column(heading, justify="left" if not heading else "right")
    ours, theirs = shown.server, shown.carrier
    table.add_row("dialled", str(ours.dialled), str(theirs.dialled))
    table.add_row("answered", str(ours.answered), str(theirs.answered))
    table.add_row("talked with an agent", str(ours.talked), str(theirs.talked))
    for outcome, count in shown.outcomes.items():
        table.add_row(f"  {outcome}", str(count), "")
    return table


def sentences(summary: Summary) -> list[str]:
    """The verdict and what belongs to it."""
    pops, run = summary.pops, summary.run
    lines = []
    if pops.rings:
        together = f", {pops.with_the_ring} together with it" if pops.with_the_ring else ""
        late = f", {pops.late + pops.missing} LATE OR MISSING" if pops.late + pops.missing else ""
        lines.append(
            f"Screen before ring: {pops.before_the_ring} of {pops.rings}{together}{late}; ahead by "
            f"{pops.lead_median_ms} ms (median)."
        )
    if run.kills:
        lines.append(f"The server was killed {run.kills} times meanwhile.")
    if summary.crossed:
        lines.append(f"{summary.crossed} callers hung up in the very moment of the answer; both sides are right.")
    if summary.strangers:
        lines.append(f"{summary.strangers} more calls came from numbers that are not the carrier's.")
    if summary.campaign is not None:
        lines.append(_of_the_campaign(summary.campaign))
    lines += [f"DIFFERS: {one}" for one in summary.differences]
    verdict = "The server and the carrier tell the same story of every call."
    return [*lines, verdict if summary.agree else "The counts DISAGREE."]


def _of_the_campaign(shown: CampaignShown) -> str:
    if not shown.begun:
        return "The campaign had not begun when the time was over."
    return (
        f"The campaign dialled under '{shown.law}', a law of the demo's own that is open at any hour; those that are "
        "known (us, uk, cn) are not."
    )
