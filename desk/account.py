"""Logging in and out, and what an agent tells the floor about himself.

It does not know what the floor makes of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Final

from aiohttp import web

from desk import vocabulary as v
from desk.asking import COOKIE, Ask
from desk.faults import Fault
from desk.models import Done, Login, Me, StateWanted
from desk.users import Role, User

USER_FREE: Final = 4
ADDRESS_FREE: Final = 30
_AT_ONCE: Final = 2


class Door:
    """Checks passwords, a few at a time, and slows down who guesses."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def login(self, ask: Ask) -> web.Response:
        """Prove the password and begin a session; an old session of the same browser ends."""
        wanted: Login = ask.asked
        user = await self._proven(ask, wanted)
        if ask.known is not None:
            ask.desk.sessions.end(ask.session)
            ask.desk.live.end_session(ask.session.token)
        session, cookie = ask.desk.sessions.begin(user.user)
        response = web.json_response(asdict(_me(ask, user, session.until)))
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=int(ask.desk.settings.session_life),
            httponly=True,
            samesite="Strict",
            secure=ask.desk.settings.secure_cookie,
            path="/",
        )
        return response

    async def _proven(self, ask: Ask, wanted: Login) -> User:
        knocks, address = ask.desk.knocks, ask.request.remote or ""
        keys = {("user", wanted.user, address): USER_FREE, ("address", address): ADDRESS_FREE}
        wait = max(knocks.wait(key, ask.now) for key in keys)
        if wait:
            raise Fault(429, "too_many_tries", "Too many failed log-ins; wait a moment.", retry_after=wait)
        for key, free in keys.items():
            knocks.knocked(key, free, ask.now)
        async with self._turns:
            user = await asyncio.to_thread(ask.desk.users.check, wanted.user, wanted.password)
        if user is None:
            raise Fault(401, "wrong_login", "Wrong user or password.")
        for key in keys:
            knocks.opened(key)
        return user


async def logout(ask: Ask) -> web.Response:
    """End the session; its screens close at once."""
    ask.desk.sessions.end(ask.session)
    ask.desk.live.end_session(ask.session.token)
    response = web.json_response({"done": True})
    response.del_cookie(COOKIE, path="/", httponly=True, samesite="Strict")
    return response


async def me(ask: Ask) -> Me:
    """Tell who is logged in."""
    return _me(ask, ask.user, ask.session.until)


def _me(ask: Ask, user: User, until: float) -> Me:
    agents = ask.desk.floor.look().agents if user.role is Role.AGENT else ()
    name = next((agent.name for agent in agents if agent.agent == user.user), user.user)
    return Me(user.user, user.role.value, name, until)


_TOLD: Final[dict[str, Callable[[str], v.Told]]] = {
    "on": v.AgentCameOn,
    "off": v.AgentWentOff,
    "ready": v.AgentAskedReady,
    "wrap_up_done": v.AgentEndedWrapUp,
}


async def state(ask: Ask) -> Done:
    """Tell the floor what the agent wants; answers once it is journalled and done."""
    wanted: StateWanted = ask.asked
    message: v.Told
    if wanted.state == "not_ready":
        message = v.AgentAskedBreak(ask.user.user, wanted.reason.strip())
    else:
        message = _TOLD[wanted.state](ask.user.user)
    await ask.desk.floor.tell(message)
    return Done()
