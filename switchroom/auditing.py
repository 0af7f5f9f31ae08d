"""The audit beside the loop: surveys in, findings to the log, the metrics and the readiness probe.

It does not know what must hold; `switchroom/audit.py` does. What the server holds is looked up in some 50 µs.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from cti.vocabulary import NodeFound, NodeSurveyed
from desk.audited import Audited
from switchroom.audit import Audit, Use

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.turn import Message

log = structlog.get_logger()

_PAGE = os.sysconf("SC_PAGE_SIZE")  # bytes


class Auditor:
    """`heard` takes what the loop is told; `settled` looks once the centre has taken it and all is committed."""

    def __init__(self, centre: Centre, clock: Callable[[], float], held: Callable[[], Use]) -> None:
        self._centre, self._clock, self._held = centre, clock, held
        self._audit = Audit()
        self._surveys: dict[str, NodeSurveyed] = {}
        self._last = ""
        self._took = 0.0

    def heard(self, message: Message) -> None:
        """Note a survey, to be looked at when it has been taken."""
        if isinstance(message, NodeFound):
            self._audit.anew(message.node)
        elif isinstance(message, NodeSurveyed):
            self._surveys[message.node] = message

    def settled(self) -> None:
        """Hold what was surveyed against the centre."""
        if not self._surveys:
            return
        surveys, self._surveys = self._surveys, {}
        begun = time.perf_counter()
        for seen in surveys.values():
            for finding in self._audit.hold(self._centre, seen, self._held(), self._clock()):
                self._last = f"{finding.invariant}: {finding.what}"
                log.error("invariant_broken", invariant=finding.invariant, what=finding.what, node=seen.node)
        self._took = time.perf_counter() - begun

    def trouble(self) -> str:
        """"" while nothing stands that must not be, else the last of it."""
        return self._last if self._audit.standing() else ""

    def audited(self) -> Audited:
        """How it stands, for the metrics."""
        return Audited(self._audit.looks, dict(sorted(self._audit.counts.items())), self._audit.standing(), self._took)


def held(connections: int, actions: int) -> Use:
    """What this process holds now, and what its parts say of themselves. To be asked inside the loop."""
    try:
        files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names are counted, not looked at
        with open("/proc/self/statm", "rb") as pages:  # noqa: PTH123 - the shortest way, each ten seconds
            memory = int(pages.read().split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        files = memory = 0
    return Use(files, len(asyncio.all_tasks()), memory, connections, actions)
