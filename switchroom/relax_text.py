"""Reading the `relax` steps of a queue: what is asked for instead when a caller has waited, and under what conditions.

It does not know how needs are written, nor the rest of a queue.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from acd.needs import Need
from ivr.faults import Place
from ivr.fields import Fields
from ivr.steps.verb import Doc
from ivr.written import Items, Table, Value

MOST_STEPS = 10
_BETWEEN = re.compile(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)\Z", re.ASCII)
_DAY = 24 * 60

RELAX = (
    Doc("after", "1s to 3600s", "how long the caller has waited"),
    Doc("needs", "need, or list of needs", "what an agent must be able to do from then on, instead of what was before"),
    Doc("drop_asked", "`true` or `false`; `false`", "what the flow asked for beside it counts no more either"),
    Doc("estimate_over", "1s to 7200s; whatever it is", "only when his wait is estimated to be longer"),
    Doc("segments", "segment, or list of segments; all", "only for customers of these segments"),
    Doc("between", "like 18:00-23:00; all day", "only in these hours of the day; over midnight is well"),
    Doc("zone", "time zone; that of the queue's `hours`", "whose clock `between` means"),
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A name, and where it is written: to be compared with other files."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class RelaxPlan:
    """One step. `estimate_over` None, `segments` empty and `between` None say nothing.

    `between` is (from, to) in minutes of the day on the clock of `zone`, "" for that of the queue's hours; from > to
    goes over midnight.
    """

    after: float
    need: Need
    drop_asked: bool = False
    estimate_over: float | None = None
    segments: frozenset[str] = frozenset()
    between: tuple[int, int] | None = None
    zone: str = ""
    place: Place = field(default=Place(), compare=False)
    spots: tuple[Spot, ...] = field(default=(), compare=False)  # its segments, where they stand


def read_relax(fields: Fields, needs: Callable[[Fields, str], Need], *, zone_known: bool) -> tuple[RelaxPlan, ...]:
    """The steps below `relax`, in their order. `needs` reads a need at a key; `zone_known`: the queue has hours."""
    found = fields.value("relax", required=False)
    values = found.values if isinstance(found, Items) else (() if found is None else (found,))
    if isinstance(found, Items) and not values:
        fields.fault(found.place, "empty", "'relax' is an empty list")
    if len(values) > MOST_STEPS:
        fields.fault(fields.at("relax"), "too-many", f"{len(values)} steps; a queue has at most {MOST_STEPS}")
    steps: list[RelaxPlan] = []
    for value in values[:MOST_STEPS]:
        step = _step(fields, value, needs, zone_known=zone_known)
        if step is None:
            continue
        if steps and step.after <= steps[-1].after:
            message = f"this step comes after {step.after:.0f}s, the one before after {steps[-1].after:.0f}s"
            fields.fault(step.place, "relax-order", message, "each step comes later than the one before")
        steps.append(step)
    return tuple(steps)


def _step(fields: Fields, value: Value, needs: Callable[[Fields, str], Need], *, zone_known: bool) -> RelaxPlan | None:
    if not isinstance(value, Table):
        fields.fault(value.place, "not-a-mapping", "a step of 'relax' holds `after:` and `needs:`")
        return None
    step = Fields(value, fields.faults, f"{fields.owner}, relax", [doc.key for doc in RELAX], value.place)
    between, segments = _between(step), step.texts("segments", required=False)
    return RelaxPlan(
        float(step.seconds("after", 1, 3600)),
        needs(step, "needs"),
        step.flag("drop_asked", default=False),
        float(step.seconds("estimate_over", 1, 7200)) if step.has("estimate_over") else None,
        frozenset(text.value for text in segments),
        between,
        _zone(step, needed=between is not None and not zone_known),
        value.place,
        tuple(Spot(text.value, text.place) for text in segments),
    )


def _between(step: Fields) -> tuple[int, int] | None:
    if not step.has("between"):
        return None
    text = step.text("between")
    match = _BETWEEN.match(text)
    start, end = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (0, 0)
    if not match or start >= _DAY or end > _DAY or start == end:
        hint = "write one like 18:00-23:00"
        step.fault(step.at("between"), "bad-hours", f"'{text}' is not a span of hours", hint)
        return None
    return start, end


def _zone(step: Fields, *, needed: bool) -> str:
    if not step.has("zone"):
        if needed:
            message = "'between' needs a clock: the queue has no 'hours', and no 'zone' is written"
            step.fault(step.at("between"), "missing-key", message, "write for example zone: Asia/Shanghai")
        return ""
    if not step.has("between"):
        step.fault(step.at("zone"), "not-here", "'zone' has no use without 'between'", "remove the line")
    name = step.text("zone")
    try:
        ZoneInfo(name or "UTC")
    except (KeyError, OSError, ValueError):  # unknown names, folders, paths out of the zone folder
        step.fault(step.at("zone"), "unknown-zone", f"'{name}' is not a time zone", "write one like Asia/Shanghai")
        return ""
    return name
