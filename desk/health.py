"""What operators' tools ask: alive, ready, metrics, and the description of the API.

It does not know what the answers lead to.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web

from desk.asking import Ask
from desk.faults import Fault
from desk.metrics import exposition
from desk.models import Alive, Ready

LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})


async def healthz(ask: Ask) -> Alive:
    """Answer at all."""
    return Alive(True, ask.desk.version)


async def readyz(ask: Ask) -> web.Response:
    """Say whether calls can be worked on, and if not why: the journal, and at least one telephone node."""
    trouble = {"journal": await ask.desk.library.trouble()}
    nodes = ask.desk.floor.look().nodes
    down = [name for name, up in nodes if not up]
    if not nodes:
        trouble["nodes"] = "no telephone node is configured"
    elif len(down) == len(nodes):
        trouble["nodes"] = f"no telephone node is up ({', '.join(down)})"
    limping = {name: check() for name, check in ask.desk.also.items()}
    if down and "nodes" not in trouble:
        limping["nodes"] = f"down: {', '.join(down)}"
    trouble, limping = ({name: why for name, why in some.items() if why} for some in (trouble, limping))
    answer = Ready(not trouble, trouble, limping)
    return web.json_response(
        {"ready": answer.ready, "trouble": answer.trouble, "limping": answer.limping},
        status=503 if trouble else 200,
    )


async def metrics(ask: Ask) -> web.Response:
    """Give the figures to this machine's own collector, or to a supervisor."""
    supervisor = ask.known is not None and ask.sees_all
    if ask.request.remote not in LOOPBACK and not supervisor:
        raise Fault(403, "not_allowed", "Metrics are for this machine and for supervisors.")
    text = await exposition(ask.desk, ask.now)
    return web.Response(text=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


async def openapi(ask: Ask) -> web.Response:
    """Describe the API."""
    return web.Response(body=ask.request.app[DESCRIPTION], content_type="application/json")


DESCRIPTION: Final = web.AppKey("description", bytes)
