"""Having a file read by a process of its own: its processor time is none of the server's, whose calls wait for nothing.

It does not know what is read, nor for whom. The process is `switchroom/list_worker.py`; it ends with whoever waits for
it, and what it has written by then is seen by nobody.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final

from switchroom.list_worker import ListOrder

_LINE: Final = 4 << 20  # bytes that the worker says at once at the most
_END, _FAULT = "end", "fault"


class NotRead(Exception):
    """The worker says why in a sentence; "" where it died without a word."""


async def carried_out(order: ListOrder, told: Callable[[int, int, int], None]) -> dict[str, Any]:
    """Have it done; `told` hears of bytes read, of how many, and rows. Raises `NotRead`."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "switchroom.list_worker", stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, limit=_LINE,
    )  # fmt: skip
    try:
        return await _heard(worker, json.dumps(asdict(order)).encode(), told)
    finally:
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()


async def _heard(
    worker: asyncio.subprocess.Process, order: bytes, told: Callable[[int, int, int], None]
) -> dict[str, Any]:
    if worker.stdin is None or worker.stdout is None:
        raise NotRead("")
    worker.stdin.write(order)
    worker.stdin.close()
    async for line in worker.stdout:
        said = json.loads(line)
        if _FAULT in said:
            raise NotRead(said[_FAULT])
        if _END in said:
            end: dict[str, Any] = said[_END]
            return end
        told(said["done"], said["of"], said["rows"])
    raise NotRead("")
