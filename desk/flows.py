"""The flows as screens can look at them: which are in force, their pictures, the figures of their steps.

It does not know where flows are kept, nor how they are drawn or counted; `ivr/picture/` and `ivr/figures.py` do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from desk.asking import Ask
from desk.faults import Fault, not_found
from desk.models import FlowPicture, Interval
from desk.visibility import may_see
from ivr.figures import FlowFigures, Journey, figures_of
from ivr.picture.drawing import draw
from ivr.picture.light import light_of
from ivr.picture.sketch import sketch
from ivr.picture.svg import svg

LONGEST: Final = 31 * 86_400.0


@dataclass(frozen=True, slots=True)
class FlowsInForce:
    """Flow to version. `trouble`: faults of files that are not in force, since `troubled_since`; for supervisors."""

    flows: Mapping[str, str]
    trouble: tuple[str, ...] = ()
    troubled_since: float = field(default=0.0)


async def in_force(ask: Ask) -> FlowsInForce:
    """List the flows in force; tell a supervisor what keeps the files from being it."""
    shelf = ask.desk.flows
    if not ask.sees_all:
        return FlowsInForce(dict(shelf.versions()))
    return FlowsInForce(dict(shelf.versions()), shelf.trouble, shelf.troubled_since)


async def figures(ask: Ask) -> FlowFigures:
    """Count what callers did in each step of a flow."""
    flow = ask.part("flow")
    return await _counted(ask, flow, ask.asked)


async def picture(ask: Ask) -> web.Response:
    """Draw a flow; with `call` that call's way in the version it met, with `heat` the traffic of the interval."""
    wanted: FlowPicture = ask.asked
    flow = ask.part("flow")
    journey = await _journey(ask, wanted.call) if wanted.call else None
    if journey is not None and journey.flow != flow:
        raise not_found("call in this flow")
    version = journey.version if journey else ask.desk.flows.versions().get(flow, "")
    text = await asyncio.to_thread(ask.desk.flows.text, flow, version)
    if text is None:
        raise not_found("flow")
    counted = await _counted(ask, flow, wanted) if wanted.heat else None
    drawn = await asyncio.to_thread(_drawn, text, version, journey, counted)
    return web.Response(text=drawn, content_type="image/svg+xml")


def _drawn(text: bytes, version: str, journey: Journey | None, counted: FlowFigures | None) -> str:
    found = sketch(text, version=version)
    if found is None:
        raise not_found("flow")
    names = frozenset(node.name for node in found.nodes)
    return svg(draw(found, light_of(journey, counted, names)))


async def _journey(ask: Ask, contact: str) -> Journey:
    if not await may_see(ask.user, contact, ask.desk.library, ask.desk.floor.look()):
        raise not_found("call")
    journey = await ask.desk.library.journey(contact)
    if journey is None:
        raise not_found("call")
    return journey


async def _counted(ask: Ask, flow: str, wanted: Interval) -> FlowFigures:
    since, until = wanted.bounds(ask.now)
    if until - since > LONGEST:
        raise Fault(400, "bad_field", "since: an interval is at most 31 days long", "since")
    async with ask.desk.counting:  # one at a time: a month of calls is a lot to read
        calls = await ask.desk.library.journeys(since, until, flow)
    if not calls and flow not in ask.desk.flows.versions():
        raise not_found("flow")
    return await asyncio.to_thread(figures_of, flow, calls)
