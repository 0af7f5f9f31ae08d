"""What a flow promises its callers, as written below `promises:`; whether it is kept is found out in `ivr/proof.py`.

It does not know what a step does: it is told the names of the steps, their exits and their goals.

    promises:
      person:                   # a caller who wants a person comes to a queue ...
        keys: 4                 # ... with at most so many keys
        within: 60s             # ... and in at most so long, every prompt heard to its end
        from: everywhere        # or a list of steps; everywhere: wherever the caller is asked something
        except: [leave-word]    # but not from these
      done:                     # goals that are reached by keys alone, counted from the start of the flow
        loss-reported: 90s
      assuming:                 # what is taken for granted meanwhile: a step, and the exit that it takes
        opening: open
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ivr.faults import Place, did_you_mean
from ivr.fields import Fields
from ivr.written import Table, Text, Value

MOST_KEYS = 99
LONGEST = 3600
EVERYWHERE = "everywhere"
Ways = Mapping[str, tuple[str, ...]]  # the exits of each step


@dataclass(frozen=True, slots=True)
class PersonPromise:
    """A person within `keys` keys and `seconds`. `sources` are steps, () for everywhere but `excepted`."""

    keys: int
    seconds: int
    sources: tuple[str, ...]
    excepted: frozenset[str]
    place: Place


@dataclass(frozen=True, slots=True)
class GoalPromise:
    """Goal `goal` within `seconds` of the start of the flow, by keys alone."""

    goal: str
    seconds: int
    place: Place


@dataclass(frozen=True, slots=True)
class Promises:
    """All promises of a flow. `assuming` are (step, exit) that are taken for granted."""

    person: PersonPromise | None = None
    goals: tuple[GoalPromise, ...] = ()
    assuming: tuple[tuple[str, str], ...] = ()


NO_PROMISES = Promises()


def read_promises(flow: Fields, steps: Ways, goals: Collection[str] | None) -> Promises:
    """The promises below the key `promises` of a flow; faults go to `flow`. `goals` is None when not all are known."""
    if not flow.has("promises"):
        return NO_PROMISES
    fields = _below(flow, "promises", flow.value("promises", required=True), ("person", "done", "assuming"))
    return Promises(_person(fields, steps), _goals(fields, goals), _assuming(fields, steps))


def _below(fields: Fields, key: str, value: Value | None, keys: tuple[str, ...]) -> Fields:
    if isinstance(value, Table):
        return Fields(value, fields.faults, key, keys, value.place)
    place = value.place if value else fields.place
    fields.fault(place, "not-a-mapping", f"'{key}' must hold `key: value` lines")
    return Fields(Table((), place), fields.faults, key, keys, place)


def _person(fields: Fields, steps: Ways) -> PersonPromise | None:
    found = fields.value("person", required=False)
    if found is None:
        return None
    below = _below(fields, "person", found, ("keys", "within", "from", "except"))
    if not isinstance(found, Table):
        return None
    sources = below.texts("from") if below.has("from") else ()
    return PersonPromise(
        below.number("keys", 0, MOST_KEYS),
        below.seconds("within", 1, LONGEST),
        () if [text.value for text in sources] == [EVERYWHERE] else _steps(below, sources, steps),
        frozenset(_steps(below, below.texts("except", required=False), steps)),
        found.place,
    )


def _goals(fields: Fields, goals: Collection[str] | None) -> tuple[GoalPromise, ...]:
    below = [(key, value) for key, value in fields.entries("done", required=False)]
    if not below:
        return ()
    table = Table(tuple(below), fields.place)
    lines = Fields(table, fields.faults, "done", [key.value for key, _ in below], fields.place)
    return tuple(
        GoalPromise(
            lines.known_name(key, "goal", (key.value,) if goals is None else goals),
            lines.seconds(key.value, 1, LONGEST),
            key.place,
        )
        for key, _ in below
    )


def _assuming(fields: Fields, steps: Ways) -> tuple[tuple[str, str], ...]:
    pairs = []
    for key, value in fields.entries("assuming", required=False):
        leave = fields.scalar(value, key.value)
        _steps(fields, (key,), steps)
        ways = steps.get(key.value, ())
        if ways and leave.value and leave.value not in ways:
            message = f"step '{key.value}' has no exit '{leave.value}'"
            fields.fault(leave.place, "unknown-exit", message, did_you_mean(leave.value, ways))
        pairs.append((key.value, leave.value))
    return tuple(pairs)


def _steps(fields: Fields, texts: Iterable[Text], steps: Ways) -> tuple[str, ...]:
    """The steps named; one may be a part of another, like `card/confirm`."""
    return tuple(text.value if text.value in steps else fields.known_name(text, "step", steps) for text in texts)
