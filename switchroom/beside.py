"""Work that a running server has done by a process of its own: its calls wait for none of that processor time.

It does not know what the work is. The process reads one JSON object from standard input and writes one a line to
standard output; it ends with whoever waits for it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from typing import Any, Final

_LINE: Final = 4 << 20  # bytes that a worker says at once at the most


async def said_by(module: str, order: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
    """Yield what the worker says, line by line, until it ends. Whoever stops listening ends it (`aclosing`)."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=_LINE
    )
    try:
        if worker.stdin is None or worker.stdout is None:
            return
        worker.stdin.write(json.dumps(order).encode())
        worker.stdin.close()
        async for line in worker.stdout:
            yield json.loads(line)
    finally:
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
