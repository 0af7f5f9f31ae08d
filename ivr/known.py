"""The names that a flow may use: prompts, queues, skills, calendars, sources, other flows.

It does not know where they are written, nor who uses them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from ivr.calendar import Calendar
from ivr.sources import Source
from lean import dataclass


@dataclass(frozen=True, slots=True)
class FlowText:
    """The text of a flow that may be a part of others, and the file's name for its faults."""

    text: bytes
    file: str


@dataclass(frozen=True, slots=True)
class Known:
    """The names that a flow may use. `prompts` are the prompt names of each language.

    `queue_exits` are the exits by which callers may leave each queue, beside `answered` and `timed_out`.
    """

    prompts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    queues: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    flows: Mapping[str, FlowText] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # flows once read, by `ivr/flow.py`
    queue_exits: Mapping[str, frozenset[str]] = field(default_factory=dict)
