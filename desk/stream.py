"""The event stream of one screen: what it missed, the floor as it is, then everything as it happens.

It does not know what the events mean.

A screen that comes back sends `Last-Event-ID`; it is told every fact since from the journal, without gap or repeat:
it joins the live screens first (facts are held for it), then reads the journal, then lets go of what was held.
"""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import HttpVersion11, web

from desk.asking import Ask, Who
from desk.changes import floor_of
from desk.library import Library
from desk.live import Screen, fact_frame, frame
from desk.visibility import may_see
from desk.vocabulary import FloorView

PAGE: Final = 500
DRAINED: Final = 65_536
PATIENCE: Final = 10.0
LOOK: Final = 30.0


async def events(ask: Ask) -> web.StreamResponse:
    """Stream events until the browser leaves, does not read, or its session ends."""
    response = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    response.content_type = "text/event-stream"
    chunked = ask.request.version >= HttpVersion11
    if chunked:
        response.enable_chunked_encoding()
    await response.prepare(ask.request)
    await response.write(b"retry: 300\n\n")
    screen = _screen(ask, chunked)
    ask.desk.live.join(screen)
    try:
        await _tell_past(ask, screen)
        await _stay(ask, screen)
    finally:
        ask.desk.live.part(screen)
    return response


def _screen(ask: Ask, chunked: bool) -> Screen:
    transport = ask.request.transport
    if transport is None:
        raise ConnectionResetError("the browser left")

    def write(content: bytes) -> None:
        transport.write(b"%x\r\n%b\r\n" % (len(content), content) if chunked else content)

    return Screen(
        user=ask.user.user,
        sees_all=ask.sees_all,
        token=ask.session.token,
        write=write,
        backlog=transport.get_write_buffer_size,
        cut=transport.abort,
        closing=transport.is_closing,
        watches=Who.WATCH.admits(ask.user.role),
        department=ask.user.department,
    )


async def _tell_past(ask: Ask, screen: Screen) -> None:
    library, told = ask.desk.library, _last_told(ask.request)
    newest = await library.last_seq()
    if told is None or told > newest or newest - told > ask.desk.settings.replay_limit:
        # The page begins anew from the snapshot: nothing older is told, nothing newer is lost.
        screen.last_seq = newest
    else:
        screen.last_seq = told
        await _replay(ask, screen)
    view = ask.desk.floor.look()
    seen = view if ask.sees_all else floor_of(ask.user.user, view)
    screen.put(frame("snapshot", {"floor": seen, "seq": screen.last_seq}, screen.last_seq))
    ask.desk.live.greet(screen)
    screen.release()


async def _replay(ask: Ask, screen: Screen) -> None:
    may: dict[str, bool] = {}
    while page := await ask.desk.library.facts_after(screen.last_seq, PAGE):
        view = ask.desk.floor.look()
        for fact in page:
            screen.last_seq = fact.seq
            if fact.contact not in may:
                may[fact.contact] = await _visible(ask, fact.contact, ask.desk.library, view)
            if may[fact.contact] or (fact.agent == ask.user.user and fact.agent):
                screen.put(fact_frame(fact))
        await _drained(screen)


async def _visible(ask: Ask, contact: str, library: Library, view: FloorView) -> bool:
    if ask.sees_all:
        return True
    return bool(contact) and await may_see(ask.user, contact, library, view)


def _last_told(request: web.Request) -> int | None:
    text = request.headers.get("Last-Event-ID", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


async def _drained(screen: Screen) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while screen.backlog() > DRAINED and not screen.gone.is_set():
        if asyncio.get_running_loop().time() > deadline:
            screen.leave()
            screen.cut()
        await asyncio.sleep(0.01)


async def _stay(ask: Ask, screen: Screen) -> None:
    """Hold the stream open; an open stream counts as use of the session."""
    while not screen.gone.is_set():
        left = ask.session.until - ask.desk.clock()
        if left <= 0 or ask.desk.users.find(ask.user.user) is None:
            screen.put(frame("bye", {}))
            return
        ask.desk.sessions.touch(ask.session)
        transport = ask.request.transport
        if transport is None or transport.is_closing():
            return
        try:
            await asyncio.wait_for(screen.gone.wait(), min(left, LOOK))
        except TimeoutError:
            continue
