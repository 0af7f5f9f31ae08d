"""Having a file read by a process of its own (`switchroom/list_worker.py`).

It does not know what is read, nor for whom. What the process has written when nobody waits for it any more is seen by
nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import asdict
from typing import Any, Final

from switchroom.beside import said_by
from switchroom.list_worker import ListOrder

_WORKER: Final = "switchroom.list_worker"
_END, _FAULT = "end", "fault"


class NotRead(Exception):
    """The worker says why in a sentence; "" where it died without a word."""


async def carried_out(order: ListOrder, told: Callable[[int, int, int], None]) -> dict[str, Any]:
    """Have it done; `told` hears of bytes read, of how many, and rows. Raises `NotRead`."""
    async with aclosing(said_by(_WORKER, asdict(order))) as lines:
        async for said in lines:
            if _FAULT in said:
                raise NotRead(said[_FAULT])
            if _END in said:
                end: dict[str, Any] = said[_END]
                return end
            told(said["done"], said["of"], said["rows"])
    raise NotRead("")
