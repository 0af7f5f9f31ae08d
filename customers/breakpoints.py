"""Where callers stopped who went before anybody had finished with them, for as long as they may go on there.

It does not know what a point is worth, nor what is in a flow's state; and it forgets: the journal is the memory that
does not.

What is kept of a call travels as one JSON text (`write_state`): the flow's own record, and the caller's way with keys
and times, secrets masked, for the agent who takes him when he goes on.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

from customers.context import PathStep
from lean import dataclass

MOST = 50_000  # breakpoints in memory
WAY = 100  # steps of the way that are kept

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """One caller's point in one flow. `contact` is the call that ended at `at`; it is forgotten at `until`.

    `number` is in the one form of `customers/directory.py`. `state` is JSON text.
    """

    contact: str
    at: float
    number: str
    customer: str
    flow: str
    version: str
    step: str
    level: str
    state: str
    until: float


class Breakpoints:
    """A bounded memory of at most `most` points, one for each number and flow; the oldest are forgotten first.

    Raises ValueError when the bound is below 1.
    """

    def __init__(self, most: int = MOST) -> None:
        if most < 1:
            raise ValueError(f"the bound must be at least 1, not {most}")
        self._most = most
        self._kept: OrderedDict[tuple[str, str], Breakpoint] = OrderedDict()
        self._of: dict[str, tuple[str, str]] = {}

    def keep(self, point: Breakpoint) -> None:
        """Remember a point in place of an older one; nobody's number ("") has none."""
        if not point.number:
            return
        key = (point.number, point.flow)
        before = self._kept.get(key)
        if before is not None and before.at > point.at:
            return
        if before is not None:
            self.drop(before.contact)
        self._kept[key] = point
        self._of[point.contact] = key
        if len(self._kept) > self._most:
            self.drop(next(iter(self._kept.values())).contact)

    def find(self, number: str, flow: str, now: float) -> Breakpoint | None:
        """Give the point of a number in a flow; None when there is none, or its time is over."""
        point = self._kept.get((number, flow))
        if point is None or not number:
            return None
        if point.until <= now:
            self.drop(point.contact)
            return None
        return point

    def drop(self, contact: str) -> None:
        """Forget the point of this ended call: it was taken, or its time is over. Nothing happens twice."""
        key = self._of.pop(contact, None)
        if key is not None:
            del self._kept[key]

    def __len__(self) -> int:
        return len(self._kept)


def write_state(session: Mapping[str, Any], path: Iterable[PathStep]) -> str:
    """Write a flow's record and the caller's way as one text."""
    way = [(one.step, one.verb, one.entered_at, one.left_at, one.exit, one.keys) for one in path][-WAY:]
    return _write({"session": session, "path": way})


def read_session(state: str) -> dict[str, Any]:
    """Give the flow's record back."""
    record: dict[str, Any] = json.loads(state)["session"]
    return record


def read_path(state: str) -> tuple[PathStep, ...]:
    """Give the caller's way back."""
    return tuple(PathStep(*step) for step in json.loads(state)["path"])
