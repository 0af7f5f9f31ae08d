"""What the live count costs: microseconds a fact, a check with ten thousand open contacts, a fact in the read models.

It does not know reports.
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from types import SimpleNamespace

import journal.facts as f
from journal.span_statements import SpanStatements
from journal.store import Journal
from switchroom.contact import Place
from switchroom.reconciling import Reconciler

OPEN = 10_000
CALLS = 5_000


def call(n: int, at: float) -> list[f.Fact]:
    """The facts of one answered call."""
    contact, agent = f"n1-{n}", f"agent-{n % 200}"
    offer = f"{contact}.1"
    return [
        f.CallStarted(at, contact, contact, "n1", "138", "", "955", "main", "v", "en"),
        f.StepEntered(at, contact, "menu", "menu"),
        f.StepLeft(at + 3, contact, "menu", "1", "1"),
        f.CallerQueued(at + 3, contact, f"queue-{n % 10}", (("cards", 1),), 0, at + 3, 0.0, "menu"),
        f.OfferMade(at + 4, contact, offer, agent, "n1", at + 24, queue=f"queue-{n % 10}"),
        f.AgentChanged(at + 4, agent, "offered", offer=offer),
        f.AgentRang(at + 4.1, contact, offer, agent),
        f.AgentAnswered(at + 8, contact, offer, agent, 5.0),
        f.AgentChanged(at + 8, agent, "talking", offer=offer),
        f.TalkEnded(at + 98, contact, offer, agent, 90.0, "caller"),
        f.AgentChanged(at + 98, agent, "wrap_up", until=at + 108, offer=offer),
        f.CallEnded(at + 98, contact, "answered", 16),
        f.AgentChanged(at + 108, agent, "ready"),
    ]


def _count() -> Reconciler:
    return Reconciler(SimpleNamespace(contacts={}), time.monotonic)  # type: ignore[arg-type]  # all it reads of a centre


def per_fact() -> float:
    """Microseconds that the count takes for one fact of a call."""
    told = [fact for n in range(CALLS) for fact in call(n, 1000.0 + n)]
    count = _count()
    begun = time.perf_counter()
    for seq, fact in enumerate(told, 1):
        count.published(seq, fact)
    return (time.perf_counter() - begun) / len(told) * 1e6


def per_check() -> float:
    """Microseconds of a check while ten thousand callers wait, a hundred of them looked at."""
    count = _count()
    place = SimpleNamespace(reached="", place=Place.WAITING, context=SimpleNamespace(callback=""))
    for n in range(OPEN):
        for seq, fact in enumerate(call(n, 1000.0)[:4]):
            count.published(seq, fact)
        count._centre.contacts[f"n1-{n}"] = place  # type: ignore[assignment]  # noqa: SLF001 - only its place is looked at
    took = []
    for _ in range(200):
        begun = time.perf_counter()
        count.check()
        took.append(time.perf_counter() - begun)
    if count.faults:
        raise AssertionError(count.reckoning().last)
    return median(took) * 1e6


def per_projected_fact(folder: Path) -> dict[str, float]:
    """Microseconds that the read models take for a fact, with and without visits and periods."""
    real, found = SpanStatements.write, {}
    for name, write in (("projected_us", real), ("projected_without_spans_us", lambda *_: None)):
        SpanStatements.write = write  # type: ignore[method-assign]  # the arm without them
        found[name] = _project(folder / f"{name}.db")
    SpanStatements.write = real  # type: ignore[method-assign]  # as it was
    return found


def _project(file: Path) -> float:
    journal = Journal.open(f"sqlite:///{file}", holder="benchmark", now=1.0)
    told = [fact for n in range(CALLS) for fact in call(n, 1000.0 + n)]
    took = 0.0
    for first in range(0, len(told), 300):
        journal.append(told[first : first + 300])
        begun = time.perf_counter()
        journal.project()
        took += time.perf_counter() - begun
    journal.close()
    return took / len(told) * 1e6
