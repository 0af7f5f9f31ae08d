"""One state of the dialplans folder as calls meet it, and the news that another one is in force.

It does not know where editions are kept; `switchroom/versions.py` does.

A call belongs to the edition that it came in under, to its end: its flow with its subflows, its prompts and calendars
never change under it. Queues, agents and customers belong to nobody: the newest edition's count at once, for everyone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from lean import dataclass

if TYPE_CHECKING:
    from switchroom.plan import Plan


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """A sound state of the dialplans folder. `key` is the hash of its files; `sounds` are by (prompt, language)."""

    key: str
    plan: Plan
    sounds: Mapping[tuple[str, str], str]


@dataclass(slots=True)
class Editions:
    """What the centre holds of them.

    `present` is the one that new calls meet; `staged` are those that a `FloorChanged` may name, by key; `older` those
    of calls that were in flight when the server started, by (flow, version).
    """

    present: Edition
    staged: dict[str, Edition] = field(default_factory=dict)
    older: Mapping[tuple[str, str], Edition] = field(default_factory=dict)

    def of_call(self, flow: str, version: str) -> Edition:
        """The edition with this version of a flow, or else the present one."""
        now = self.present.plan.floor.flows.get(flow)
        if now is not None and now.version == version:
            return self.present
        return self.older.get((flow, version), self.present)


@dataclass(frozen=True, slots=True)
class FloorChanged:
    """A new edition was checked and staged; from now on new calls meet it. `by` is who changed the files.

    `how`: first, saved, rolled_back.
    """

    edition: str
    by: str
    how: str
