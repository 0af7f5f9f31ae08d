"""What sliders would come to, asked of a process of its own: one question at a time, of each person the newest.

It does not know what is played (`switchroom/projection_worker.py`). Who moves a slider asks several times a second:
the question before is given up, with its process.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import asdict
from typing import Final

from desk.campaign_view import Overtaken
from switchroom.beside import said_by
from switchroom.projection_worker import Answer, Question

_WORKER: Final = "switchroom.projection_worker"


class Projector:
    """One per server."""

    def __init__(self) -> None:
        self._asked: dict[str, asyncio.Task[Answer]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def answer(self, by: str, question: Question) -> Answer:
        """The answer; None where there is none. Raises `Overtaken` when `by` has asked something else meanwhile."""
        before = self._asked.get(by)
        if before is not None:
            before.cancel()
        task = self._asked[by] = asyncio.create_task(self._played(question))
        try:
            return await task
        except asyncio.CancelledError:
            me = asyncio.current_task()
            if me is not None and me.cancelling():
                raise
            raise Overtaken from None
        finally:
            if self._asked.get(by) is task:
                del self._asked[by]

    async def _played(self, question: Question) -> Answer:
        async with self._one_at_a_time, aclosing(said_by(_WORKER, asdict(question))) as lines:
            async for line in lines:
                told = line["answer"]
                return (float(told[0]), float(told[1])) if told else None
        return None  # the worker died: nobody can tell
