"""The desk's web application: every route of the table, and the page, behind the guards.

It does not know what the routes answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final

from aiohttp import web

from desk.agent_times import Plan, nothing_planned
from desk.asking import Desk
from desk.audited import Audited, nothing_audited
from desk.doorway import admitted, guards, headers_of_safety
from desk.flow_shelf import FlowShelf
from desk.health import DESCRIPTION
from desk.library import Library
from desk.live import LiveDesk
from desk.live_campaigns import CampaignScreens
from desk.openapi import describe
from desk.outbound import OutboundDesk
from desk.page import add_page
from desk.pilot_view import PilotDesk, nobody_flies
from desk.prompts import Shelf
from desk.reckoning import Reckoning, nothing_counted
from desk.routes import routes
from desk.sessions import Sessions
from desk.settings import DeskSettings
from desk.steering_view import SteeringDesk
from desk.users import Users
from desk.vocabulary import Floor
from desk.why_view import WhyDesk

VERSION: Final = "0.1.0"


def make_app(  # noqa: PLR0913 - the desk's whole surroundings, each by its own name
    floor: Floor,
    library: Library,
    users: Users,
    settings: DeskSettings,
    *,
    live: LiveDesk,
    also: Mapping[str, Callable[[], str]] | None = None,
    prompts: Shelf | None = None,
    flows: FlowShelf | None = None,
    reckoning: Callable[[], Reckoning] = nothing_counted,
    audited: Callable[[], Audited] = nothing_audited,
    planned: Plan = nothing_planned,
    pilot: PilotDesk = nobody_flies,
    steering: SteeringDesk | None = None,
    reasons: WhyDesk | None = None,
    outbound: OutboundDesk | None = None,
    clock: Callable[[], float] = time.time,
) -> web.Application:
    """Make the application, ready for a runner.

    `live` is the one that the service loop shows and publishes to. `also` names further things that `/readyz` reports
    without failing for them (the bus): each answers "" or what is wrong. `prompts` is where prompts are kept, `flows`
    are the flows in force; without them there are none. `reckoning` tells how the live count of callers stands,
    `planned` what agents should do when, `steering` what people changed, `reasons`
    why a caller waits or has his agent; `outbound` has campaigns, calls that we made, and lists.
    """
    sessions = Sessions(settings.folder, settings.session_life, settings.session_idle, clock)
    desk = Desk(floor, library, users, settings, live, sessions, clock, VERSION, {} if also is None else also, prompts)
    if flows is not None:
        desk.flows = flows
    desk.reckoning, desk.planned, desk.pilot, desk.audited = reckoning, planned, pilot, audited
    if steering is not None:
        desk.steering = steering
    if reasons is not None:
        desk.reasons = reasons
    if outbound is not None:
        desk.outbound = outbound
        live.beside = CampaignScreens(outbound.campaigns)
    app = web.Application(middlewares=guards(), client_max_size=settings.body_limit)
    table = routes()
    for route in table:
        app.router.add_route(route.method, route.path, admitted(route, desk))
    app[DESCRIPTION] = json.dumps(describe(table, VERSION)).encode()
    add_page(app)
    app.on_response_prepare.append(headers_of_safety)
    app.cleanup_ctx.append(_living(live, floor))
    return app


def _living(live: LiveDesk, floor: Floor) -> Callable[[web.Application], AsyncIterator[None]]:
    async def alive(_app: web.Application) -> AsyncIterator[None]:
        beating = asyncio.create_task(live.run(floor), name="desk live screens")
        yield
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        live.close()

    return alive
