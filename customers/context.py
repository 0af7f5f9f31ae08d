"""The context that travels with a contact: who calls, what he did in the flow, where he stopped, what was before.

It knows nothing of queues, screens or storage.

A context is a value: each thing that happens to a contact gives a new one. What an agent sees is exactly this, so what
must not be seen (secret keys) never enters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from customers.card import Card, read_card
from lean import dataclass

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PathStep:
    """One visit to one step. `left_at` is 0 while the caller is there; `keys` is masked as "•" per key when secret."""

    step: str
    verb: str
    entered_at: float
    left_at: float = 0.0
    exit: str = ""
    keys: str = ""


@dataclass(frozen=True, slots=True)
class EarlierContact:
    """A finished contact of the same caller, newest first in a context. `caller` is another of his household, or ""."""

    contact: str
    at: float
    outcome: str
    breakpoint: str
    queue: str
    agent: str
    talked: float
    caller: str = ""


@dataclass(frozen=True)
class Context:
    """Everything an agent may know of a contact. Times are POSIX seconds.

    `level` is what the caller has proved in this call: "", identified, authenticated, or failed, when he could not.
    `resumed_from` is the earlier contact with which he went on, "" when he did not; `resumed_at` is when that one
    ended, `earlier_path` the way he had come in it. `callback` is the number at which he is to be called back, "" for a
    caller who is on the line himself. `household` are the last contacts of those who live with him. `card` is that of
    a customer whom we have called.
    """

    contact: str
    number: str
    name: str
    called: str
    flow: str
    language: str
    started_at: float
    customer: str = ""
    customer_name: str = ""
    segment: str = ""
    path: tuple[PathStep, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    breakpoint: str = ""
    queue: str = ""
    asked_at: float = 0.0
    earlier: tuple[EarlierContact, ...] = ()
    resumed_from: str = ""
    resumed_at: float = 0.0
    earlier_path: tuple[PathStep, ...] = ()
    level: str = ""
    callback: str = ""
    household: tuple[EarlierContact, ...] = ()
    card: Card | None = None

    def changed(self, **fields: Any) -> Context:
        """A copy with these fields instead, made from `__dict__`: a context changes with each step of a caller."""
        copy = object.__new__(Context)
        copy.__dict__.update(self.__dict__)
        copy.__dict__.update(fields)
        return copy

    def entered(self, step: str, verb: str, at: float) -> Context:
        """The caller reached a step."""
        return self.changed(path=(*self.path, PathStep(step, verb, at)), breakpoint=step)

    def left(self, leave: str, keys: str, kept: tuple[tuple[str, str], ...], at: float) -> Context:
        """The caller left his step by exit `leave`; `keys` already masked where secret. `language` in `kept` is his."""
        if not self.path:
            return self
        here = self.path[-1]
        path = (*self.path[:-1], PathStep(here.step, here.verb, here.entered_at, at, leave, keys))
        if not kept:
            return self.changed(path=path)
        values = {**dict(self.kept), **dict(kept)}
        language = values.pop("language", self.language)
        return self.changed(path=path, kept=tuple(values.items()), language=language)

    def resumed(self, earlier: str, at: float, path: tuple[PathStep, ...], kept: Pairs) -> Context:
        """The caller goes on where contact `earlier` stopped, with what was `kept` of it; `language` in it is his."""
        values = {**dict(self.kept), **dict(kept)}
        language = values.pop("language", self.language)
        return self.changed(
            resumed_from=earlier, resumed_at=at, earlier_path=path, kept=tuple(values.items()), language=language
        )

    def identified(self, level: str, who: tuple[str, str, str], earlier: tuple[EarlierContact, ...]) -> Context:
        """The flow knows who calls: `who` is customer, name and segment, all "" when it has only learned the level."""
        if not who[0]:
            return self.changed(level=level)
        customer, name, segment = who
        return self.changed(
            level=level, customer=customer, customer_name=name, segment=segment, earlier=earlier
        )

    def queued(self, queue: str, asked_at: float) -> Context:
        """The caller asked for a person; a second request keeps the first time."""
        return self.changed(queue=queue, asked_at=self.asked_at or asked_at)


def write_context(context: Context) -> str:
    """A context as JSON text."""
    return json.dumps(asdict(context), ensure_ascii=False, separators=(",", ":"))


def read_context(text: str) -> Context:
    """The context that gave `text`, also one of an older version of ours."""
    told: Mapping[str, Any] = json.loads(text)
    paths = {name: tuple(PathStep(**step) for step in told.get(name, ())) for name in ("path", "earlier_path")}
    before = {name: tuple(EarlierContact(**one) for one in told.get(name, ())) for name in ("earlier", "household")}
    kept = tuple((name, text) for name, text in told["kept"])
    return Context(**{**told, **paths, **before, "kept": kept, "card": read_card(told.get("card"))})
