"""What stands before every route: who asks, may he, is it well formed, and one shape for every refusal.

It does not know what the routes do.

A browser sends `Origin` with every POST; it must name this very host, so that no foreign page can act with a user's
cookie. Programs that send none are let through: they carry no cookie by accident, and bodies must be JSON anyway,
which no foreign page can send without asking first.
"""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError

from desk.asking import COOKIE, Ask, Desk, Route, Who
from desk.faults import Fault, of_http, of_validation
from desk.sessions import Session
from desk.users import User
from desk.vocabulary import Refused

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SAFE_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_log = structlog.get_logger("desk")


async def headers_of_safety(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in SAFE_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Server"] = "switchroom"


def guards() -> list[Any]:
    return [one_shape]


@web.middleware
async def one_shape(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every refusal into the one shape; nothing a client sends ends in more than a refusal."""
    try:
        return await handler(request)
    except Fault as fault:
        return fault.response()
    except Refused as refused:
        return Fault(409, "refused", str(refused)).response()
    except web.HTTPException as refusal:
        if refusal.status < 400:
            raise
        answer = of_http(refusal).response()
        if "Allow" in refusal.headers:
            answer.headers["Allow"] = refusal.headers["Allow"]
        return answer
    except ConnectionResetError:
        raise
    except Exception as error:  # noqa: BLE001 - the last guard: the client learns nothing, the log where it was
        # Without values: a traceback that shows variables would show passwords and cookies.
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.error("request_failed", method=request.method, error=type(error).__name__, where=where)
        return Fault(500, "our_fault", "Something went wrong here; it is in the server's log.").response()


def admitted(route: Route, desk: Desk) -> Handler:
    """Wrap a route: admit, read what is asked, act, answer."""
    answer = None if route.answer is None else TypeAdapter(route.answer)

    async def respond(request: web.Request) -> web.StreamResponse:
        known = _known(request, desk)
        if request.method == "POST":
            _same_origin(request)
        if route.who is not Who.ANYONE:
            if known is None:
                raise Fault(401, "not_logged_in", "Log in first.")
            if not route.who.admits(known[0].role):
                raise Fault(403, "not_allowed", f"This is for {route.who.people} only.")
        ask = Ask(desk, request, desk.clock(), known, await _asked(route, request))
        result = await route.act(ask)
        if isinstance(result, web.StreamResponse):
            return result
        if answer is None:
            raise AssertionError(f"{route.path} gave an answer that its route does not describe")
        return web.Response(body=answer.dump_json(result), content_type="application/json")

    return respond


def _known(request: web.Request, desk: Desk) -> tuple[User, Session] | None:
    cookie = request.cookies.get(COOKIE)
    session = desk.sessions.read(cookie) if cookie else None
    user = desk.users.find(session.user) if session else None
    return (user, session) if user and session else None


def _same_origin(request: web.Request) -> None:
    origin = request.headers.get("Origin")
    if origin is None and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin":
        return
    parts = urlsplit(origin or "")
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.netloc != request.host:
        raise Fault(403, "foreign_origin", "The request came from a page of another site.")


async def _asked(route: Route, request: web.Request) -> BaseModel | None:
    if route.asked is None:
        return None
    try:
        if request.method != "POST":
            return route.asked.model_validate(_query(request))
        if request.content_type != "application/json":
            raise Fault(415, "not_json", "Send the body as application/json.")
        return route.asked.model_validate_json(await request.read())
    except ValidationError as error:
        raise of_validation(error) from None


def _query(request: web.Request) -> dict[str, str]:
    for name in request.query:
        if len(request.query.getall(name)) > 1:
            raise Fault(400, "bad_field", f"{name}: given more than once", name)
    return dict(request.query)
