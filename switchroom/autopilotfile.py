"""`dialplans/autopilot.yaml`: what the autopilot may do for each queue, and how calls that we make yield.

It does not know when anything is done (`acd/ladder.py`) nor how (`switchroom/piloting.py`). Without the file nothing is
ever done.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from acd.acts import Bounds, Kind, Step
from acd.blending import Yielding
from ivr.faults import Faults, Place
from ivr.fields import Fields
from ivr.source import read
from ivr.written import Items, Table, Text, Value

BOUNDS: Final = ("steps", "act_below", "undo_above", "sure", "hold", "calm", "most", "barred")
YIELDS: Final = ("keep", "below", "above", "calm")
MOST_STEPS: Final = 20
_HINT: Final = "write `relax: 10s`, `reserve`, `callbacks` or `dialler: 50`"


@dataclass(frozen=True, slots=True)
class AutopilotPlan:
    """`bounds` by the queue that they are for, `yielding` by the queue of calls that we make. `spots`: each step's."""

    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    yielding: Mapping[str, Yielding] = field(default_factory=dict)
    spots: tuple[tuple[str, Step, Place], ...] = field(default=(), compare=False)


def parse_autopilot(text: bytes, file: str, queues: Collection[str]) -> tuple[AutopilotPlan, Faults]:
    """The bounds of every queue that is named."""
    table, faults = read(text, file)
    bounds: dict[str, Bounds] = {}
    yielding: dict[str, Yielding] = {}
    spots: list[tuple[str, Step, Place]] = []
    for key, value in table.entries if table else ():
        owner = f"queue '{key.value}'"
        if not isinstance(value, Table):
            faults.add(value.place, "not-a-mapping", f"{owner} must hold `key: value` lines")
            continue
        fields = Fields(value, faults, owner, (*BOUNDS, "yields"), key.place)
        queue = fields.known_name(key, "queue", queues)
        if fields.has("yields"):
            yielding[queue] = _yielding(queue, fields)
        if fields.has("steps") or not fields.has("yields"):
            steps = _steps(fields)
            bounds[queue] = _bounds(queue, fields, tuple(step for step, _ in steps))
            spots += [(queue, step, place) for step, place in steps]
    return AutopilotPlan(bounds, yielding, tuple(spots)), faults


def _bounds(queue: str, fields: Fields, steps: tuple[Step, ...]) -> Bounds:
    below, above = fields.number("act_below", 1, 99, 80), fields.number("undo_above", 2, 100, 90)
    if below >= above:
        fields.fault(fields.at("act_below"), "bounds-crossed", f"{below} is not less than undo_above, {above}")
        below, above = 80, 90
    return Bounds(
        queue,
        steps,
        below / 100,
        above / 100,
        sure=float(fields.seconds("sure", 1, 300, 10)),
        hold=float(fields.seconds("hold", 10, 3600, 60)),
        calm=float(fields.seconds("calm", 10, 3600, 180)),
        most=fields.number("most", 1, 60, 12),
        barred=float(fields.seconds("barred", 60, 86_400, 1800)),
    )


def _yielding(queue: str, outer: Fields) -> Yielding:
    value = outer.value("yields", required=True)
    if not isinstance(value, Table):
        outer.fault(outer.at("yields"), "not-a-mapping", "'yields' must hold `key: value` lines")
        return Yielding(queue)
    fields = Fields(value, outer.faults, outer.owner, YIELDS, outer.at("yields"))
    below, above = fields.number("below", 1, 99, 80), fields.number("above", 2, 100, 90)
    if below >= above:
        fields.fault(fields.at("below"), "bounds-crossed", f"{below} is not less than above, {above}")
        below, above = 80, 90
    calm = float(fields.seconds("calm", 1, 3600, 60))
    return Yielding(queue, fields.number("keep", 0, 1000, 1), below / 100, above / 100, calm)


def _steps(fields: Fields) -> list[tuple[Step, Place]]:
    written = fields.value("steps", required=True)
    if written is None:
        return []
    if not isinstance(written, Items) or not written.values:
        fields.fault(fields.at("steps"), "bad-step", "'steps' must be a list of what may be done, in its order", _HINT)
        return []
    steps = [(_step(value, fields), value.place) for value in written.values[:MOST_STEPS]]
    if len(written.values) > MOST_STEPS:
        fields.fault(written.place, "too-many", f"{len(written.values)} steps; at most {MOST_STEPS}")
    return _in_rising_order([(step, place) for step, place in steps if step is not None], fields)


def _step(value: Value, fields: Fields) -> Step | None:
    if isinstance(value, Text) and value.value in (Kind.RESERVE, Kind.CALLBACKS):
        return Step(Kind(value.value))
    if isinstance(value, Table) and len(value.entries) == 1:
        key, _ = value.entries[0]
        inner = Fields(value, fields.faults, fields.owner, (key.value,), value.place)
        if key.value == Kind.RELAX:
            return Step(Kind.RELAX, float(inner.seconds(Kind.RELAX, 1, 3600)))
        if key.value == Kind.DIALLER:
            return Step(Kind.DIALLER, inner.number(Kind.DIALLER, 0, 99) / 100)
    fields.fault(value.place, "bad-step", "this is nothing that the autopilot can do", _HINT)
    return None


def _in_rising_order(steps: list[tuple[Step, Place]], fields: Fields) -> list[tuple[Step, Place]]:
    """Each later step of a kind must do more than the one before; what would do less, or the same, is a fault."""
    found: list[tuple[Step, Place]] = []
    for step, place in steps:
        before = [each for each, _ in found if each.kind is step.kind]
        if before and _strength(step) <= _strength(before[-1]):
            message = f"'{step.kind}' does no more than the step before it"
            fields.fault(place, "bad-step", message, "write more, or remove it")
        else:
            found.append((step, place))
    return found


def _strength(step: Step) -> float:
    return 1.0 - step.amount if step.kind is Kind.DIALLER else step.amount
