"""What came of a campaign, over HTTP: results, sales by agent, its attempts, one person's, and all of it as sheets.

It does not add anything up (`desk/campaign_results.py` does), nor does it know how the past is kept.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web

from desk.asking import Ask, Route, Who
from desk.attempts import Span
from desk.campaign_results import AgentSales, CampaignResults, Sales, results_of, sales_of
from desk.campaign_shapes import AttemptsAsked, JourneyAsked
from desk.campaigns import campaign_of, may_know
from desk.models import Interval
from desk.sheets import BOM, csv_lines
from journal.attempt_views import AttemptRow, TalkKept

_CSV: Final = "text/csv"


@dataclass(frozen=True, slots=True)
class AttemptSeen:
    """One attempt, and what can be heard of it: `recording` is the talk to play, "" where there is none."""

    attempt: AttemptRow
    recording: str


async def results(ask: Ask) -> CampaignResults:
    """Add up a campaign's attempts by outcome and the agents' words."""
    campaign, span = campaign_of(ask).campaign, _span(ask)
    return results_of(campaign, *span, await ask.desk.outbound.attempts.counts(campaign, span))


async def sales(ask: Ask) -> Sales:
    """Add up sales by agent, and hold them against talks, recordings and the campaign's counts."""
    campaign, span = campaign_of(ask).campaign, _span(ask)
    rows, talks = await ask.desk.outbound.attempts.said(campaign, span)
    return sales_of(campaign, span, rows, talks, await ask.desk.outbound.attempts.counts(campaign, span))


async def attempts(ask: Ask) -> Sequence[AttemptRow]:
    """List a campaign's attempts, newest first."""
    wanted: AttemptsAsked = ask.asked
    pages = ask.desk.outbound.attempts.pages(campaign_of(ask).campaign, _span(ask), wanted.kinds(), wanted.limit)
    return [row async for page in pages for row in page]


async def journey(ask: Ask) -> Sequence[AttemptSeen]:
    """List every attempt on one person, newest first, of the campaigns that the user may know."""
    wanted: JourneyAsked = ask.asked
    known = {view.campaign for view in ask.desk.outbound.campaigns.views() if may_know(ask.user, view)}
    sees = known.__contains__ if ask.user.department else lambda _campaign: True
    rows, talks = await ask.desk.outbound.attempts.of_person(wanted.who.strip())
    return [AttemptSeen(row, _heard(talks.get(row.contact))) for row in rows if sees(row.campaign)]


async def attempts_sheet(ask: Ask) -> web.StreamResponse:
    """Send every attempt of a campaign as a sheet."""
    wanted, campaign, zone = ask.asked, campaign_of(ask).campaign, _zone(ask)
    pages = ask.desk.outbound.attempts.pages(campaign, _span(ask), wanted.kinds(), None)
    return await _send(ask, f"{campaign}-attempts.csv", ATTEMPT_HEADS, _cells(pages, zone))


async def sales_sheet(ask: Ask) -> web.StreamResponse:
    """Send the sales by agent as a sheet."""
    told = await sales(ask)

    async def lines() -> AsyncIterator[list[tuple[object, ...]]]:
        yield [tuple(getattr(one, name) for name in SALES_HEADS) for one in (*told.agents, told.total)]

    return await _send(ask, f"{told.campaign}-sales.csv", SALES_HEADS, lines())


ATTEMPT_HEADS: Final = tuple(one.name for one in fields(AttemptRow))
SALES_HEADS: Final = tuple(one.name for one in fields(AgentSales))
_MOMENTS: Final = frozenset({"begun_at", "answered_at", "ended_at", "said_at", "again", "promised"})


def cells_of(row: AttemptRow, zone: tzinfo) -> tuple[object, ...]:
    """The cells of an attempt; moments by the clock on the wall."""
    return tuple(_cell(name, getattr(row, name), zone) for name in ATTEMPT_HEADS)


def _cell(name: str, value: object, zone: tzinfo) -> object:
    if name not in _MOMENTS:
        return value
    if not isinstance(value, float) or not value:
        return ""
    return datetime.fromtimestamp(value, zone).isoformat(" ", "milliseconds")


async def _cells(
    pages: AsyncIterator[Sequence[AttemptRow]], zone: tzinfo
) -> AsyncIterator[list[tuple[object, ...]]]:
    async for page in pages:
        yield [cells_of(row, zone) for row in page]


async def _send(
    ask: Ask, name: str, heads: Sequence[str], pages: AsyncIterator[Iterable[Sequence[object]]]
) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Disposition": f'attachment; filename="{name}"'})
    answer.content_type, answer.charset = _CSV, "utf-8"
    await answer.prepare(ask.request)
    await answer.write((BOM + "".join(csv_lines(heads, ()))).encode())
    async for page in pages:
        await answer.write("".join(list(csv_lines(heads, page))[1:]).encode())
    await answer.write_eof()
    return answer


def _span(ask: Ask) -> Span:
    wanted: Interval = ask.asked
    return wanted.bounds(ask.now)


def _heard(talk: TalkKept | None) -> str:
    return talk.offer if talk is not None and talk.state else ""


def _zone(ask: Ask) -> tzinfo:
    name = ask.desk.settings.timezone
    return UTC if name == "UTC" else ZoneInfo(name)


def routes() -> tuple[Route, ...]:
    """The addresses of this room."""
    one, who = "/api/campaigns/{campaign}", Who.WATCH
    return (
        Route(
            *("GET", f"{one}/results", who, results, "What came of its attempts"),
            *(CampaignResults, Interval),
            refusals=(404,),
        ),
        Route(
            *("GET", f"{one}/sales", who, sales, "Sales by agent, held against talks and recordings"),
            *(Sales, Interval),
            refusals=(404,),
        ),
        Route(
            *("GET", f"{one}/attempts", who, attempts, "Its attempts, newest first"),
            *(Sequence[AttemptRow], AttemptsAsked),
            refusals=(404,),
        ),
        Route(
            *("GET", f"{one}/attempts.csv", who, attempts_sheet, "All its attempts as a sheet", None, AttemptsAsked),
            content=_CSV,
            refusals=(404,),
        ),
        Route(
            *("GET", f"{one}/sales.csv", who, sales_sheet, "Sales by agent as a sheet", None, Interval),
            content=_CSV,
            refusals=(404,),
        ),
        Route(
            *("GET", "/api/outbound/journey", who, journey, "Every attempt on one person, newest first"),
            *(Sequence[AttemptSeen], JourneyAsked),
        ),
    )
