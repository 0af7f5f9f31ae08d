"""Lists of people to be called, over HTTP: a file comes in, is looked at, checked and imported, or thrown away.

It does not know what a row must hold. A file is streamed to the disk; nothing here holds it in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from typing import Final, TypeVar

from aiohttp import web
from pydantic import ValidationError

from desk.asking import Ask, Route, Who
from desk.campaign_shapes import FileCalled, ListWanted, RerunWanted
from desk.campaigns import campaign_of
from desk.faults import Fault, not_found, of_validation
from desk.list_view import ListView, ListWish, NotTaken, UploadView
from desk.models import Done, Nothing

LARGEST: Final = 512 * 1_048_576
_PATIENCE: Final = 600.0
_KINDS: Final = ("text/csv", "application/octet-stream", "application/vnd.ms-excel", "text/plain",
                 "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")  # fmt: skip
_CSV: Final = "text/csv"
T = TypeVar("T")


async def lists(ask: Ask) -> Sequence[ListView]:
    """List what is in."""
    return await ask.desk.outbound.lists.lists()


async def take(ask: Ask) -> UploadView:
    """Take a file in; the body is the file itself, `?file=` its name."""
    if ask.request.content_type not in _KINDS:
        raise Fault(415, "no_list", f"Send the file itself, as one of {', '.join(_KINDS)}.")
    try:
        called = FileCalled.model_validate(dict(ask.request.query))
    except ValidationError as error:
        raise of_validation(error) from None
    return await _taken(ask.desk.outbound.lists.take(called.file, _pieces(ask.request), ask.user.user))


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    """The body piece by piece; nothing is read beyond the limit."""
    size = 0
    try:
        async with asyncio.timeout(_PATIENCE):
            async for piece in request.content.iter_chunked(262_144):
                size += len(piece)
                if size > LARGEST:
                    raise Fault(413, "too_large", f"A list has at most {LARGEST // 1_048_576} MB.")
                yield piece
    except TimeoutError:
        raise Fault(408, "too_slow", "The file did not come within ten minutes.") from None


async def upload(ask: Ask) -> UploadView:
    """Tell how a file on its way in stands."""
    found = await ask.desk.outbound.lists.upload(ask.part("upload"))
    if found is None:
        raise not_found("file")
    return found


async def check(ask: Ask) -> UploadView:
    """Begin to look at all rows, and take none."""
    found = await upload(ask)
    return await _taken(ask.desk.outbound.lists.check(found.upload, _wish(ask)))


async def bring(ask: Ask) -> UploadView:
    """Begin to import the file."""
    found = await upload(ask)
    return await _taken(ask.desk.outbound.lists.bring(found.upload, _wish(ask), ask.user.user))


async def forget(ask: Ask) -> Done:
    """Throw the file away."""
    await ask.desk.outbound.lists.forget((await upload(ask)).upload)
    return Done()


async def rejects(ask: Ask) -> web.StreamResponse:
    """Send the rows that could not be taken, each with its reason."""
    path = await ask.desk.outbound.lists.rejects(ask.part("upload"))
    if path is None:
        raise not_found("file")
    named = {"Content-Disposition": 'attachment; filename="rejects.csv"', "Content-Type": f"{_CSV}; charset=utf-8"}
    return web.FileResponse(path, headers=named)


async def rerun(ask: Ask) -> ListView:
    """Make a new list of those whose last attempt ended so."""
    wanted: RerunWanted = ask.asked
    campaign = campaign_of(ask).campaign
    return await _taken(ask.desk.outbound.lists.rerun(campaign, wanted.outcomes, wanted.name, ask.user.user))


async def _taken(doing: Awaitable[T]) -> T:
    try:
        return await doing
    except NotTaken as refused:
        raise Fault(422, "not_taken", str(refused)) from None


def _wish(ask: Ask) -> ListWish:
    wanted: ListWanted = ask.asked
    return ListWish(wanted.name, wanted.region, wanted.mapping)


def routes() -> tuple[Route, ...]:
    """The addresses of this room."""
    who, some, one = Who.CAMPAIGNS, "/api/lists/uploads", "/api/lists/uploads/{upload}"
    return (
        Route("GET", "/api/lists", Who.WATCH, lists, "The lists that are in", Sequence[ListView]),
        Route(
            *("POST", some, who, take, "Take a file of people in (?file=NAME), and look at its first rows", UploadView),
            refusals=(408, 422),
            takes="application/octet-stream",
        ),
        Route("GET", one, who, upload, "How a file on its way in stands", UploadView, refusals=(404,)),
        Route(
            *("POST", f"{one}/check", who, check, "Look at all rows, take none", UploadView, ListWanted),
            refusals=(404, 422),
        ),
        Route(
            *("POST", f"{one}/import", who, bring, "Import the file: all of it, or nothing", UploadView, ListWanted),
            refusals=(404, 422),
        ),
        Route("POST", f"{one}/forget", who, forget, "Throw the file away", Done, Nothing, refusals=(404,)),
        Route("GET", f"{one}/rejects.csv", who, rejects, "Rows not taken, and why", content=_CSV, refusals=(404,)),
        Route(
            *("POST", "/api/campaigns/{campaign}/rerun", who, rerun, "A new list of those not reached"),
            *(ListView, RerunWanted),
            refusals=(404, 422),
        ),
    )
