"""What the desk may know of the flows in force.

It does not know who keeps them; `switchroom/floor_watch.py` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class FlowShelf(Protocol):
    """What the desk may know of the flows in force. `trouble` are the faults of files that are not, () when all are."""

    deployed: int
    refused: int
    trouble: tuple[str, ...]
    troubled_since: float

    def versions(self) -> Mapping[str, str]:
        """The version in force of each flow, by name."""
        ...

    def text(self, flow: str, version: str) -> bytes | None:
        """A flow's text; None when it is not kept. Blocks: call it in a thread."""
        ...


@dataclass(slots=True)
class NoFlows:
    """The shelf of a desk that was given none."""

    deployed: int = 0
    refused: int = 0
    trouble: tuple[str, ...] = ()
    troubled_since: float = 0.0

    def versions(self) -> Mapping[str, str]:
        return {}

    def text(self, flow: str, version: str) -> bytes | None:
        del flow, version
        return None
