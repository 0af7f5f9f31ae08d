"""Who hears of a committed fact: the screens, the log, the bus, and each count of its kinds of facts alone.

It does not know when a fact is committed, nor what anybody makes of it. It is called for each fact of each call, so
what need not be asked for each is asked once: who counts which kinds, and whether the log takes a line at all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import fields
from functools import cache
from typing import Any

import structlog

from desk.live import LiveDesk
from journal.codec import encode
from journal.facts import CallEnded, Fact, NodeChanged
from switchroom.facts_bus import FactsBus

log = structlog.get_logger()

Hear = Callable[[int, Fact], None]
TOLD_IN_THE_LOG = (CallEnded, NodeChanged)  # every other fact of a call is in the journal, under the same contact id


def published(live: LiveDesk, bus: FactsBus, counts: Iterable[tuple[Hear, Collection[type]]]) -> Hear:
    """What is to be called for each committed fact, in order. `counts`: each, and the kinds that it hears of."""
    heard_by: dict[type, list[Hear]] = {}
    for hear, kinds in counts:
        for kind in kinds:
            heard_by.setdefault(kind, []).append(hear)

    told_in_the_log = TOLD_IN_THE_LOG if logging.getLogger(__name__).isEnabledFor(logging.INFO) else ()

    def publish(seq: int, fact: Fact) -> None:
        kind = type(fact)
        if kind in told_in_the_log:
            told = {f.name: getattr(fact, f.name) for f in fields(fact) if f.name != "at"}
            log.info(_event(kind.__name__), seq=seq, **told)
        name, body = encode(fact) if live.is_watched() else (kind.__name__, "")
        live.publish(seq, name, getattr(fact, "contact", ""), getattr(fact, "agent", ""), body)
        for hear in heard_by.get(kind, ()):
            hear(seq, fact)
        bus.wake()

    return publish


def all_of(*hear: Callable[..., object]) -> Callable[..., None]:
    """One that calls each of them in turn."""

    def each(*what: Any) -> None:
        for one in hear:
            one(*what)

    return each


@cache
def _event(kind: str) -> str:
    """A fact's name as the log writes names: CallEnded is call_ended."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind).lstrip("_")
