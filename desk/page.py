"""The page itself: its files, from the package, by a fixed list.

It does not know what the page shows.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Final

from aiohttp import web

TYPES: Final = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "json": "application/json",
}


def add_page(app: web.Application) -> None:
    """Serve `/` and `/static/<file>`: only names found at start, read again at each request (edit, then reload)."""
    folder = files("desk") / "static"
    known = {entry.name for entry in folder.iterdir() if entry.name.rpartition(".")[2] in TYPES}

    def file(request: web.Request, name: str) -> web.Response:
        if name not in known:
            raise web.HTTPNotFound
        body = (folder / name).read_bytes()
        tag = hashlib.sha256(body).hexdigest()[:32]
        headers = {"Cache-Control": "no-cache", "ETag": f'"{tag}"'}
        if any(one.value == tag for one in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type=TYPES[name.rpartition(".")[2]], charset="utf-8", headers=headers)

    async def static(request: web.Request) -> web.Response:
        return file(request, request.match_info["name"])

    async def index(request: web.Request) -> web.Response:
        return file(request, "index.html")

    app.router.add_get("/", index)
    app.router.add_get("/static/{name}", static)
