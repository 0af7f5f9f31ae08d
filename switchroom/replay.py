"""Running the tape through the same centre again, and comparing what it decides with what was decided.

It does not know Asterisk or the screens: actions are dropped, facts are compared.

A difference means that today's code decides otherwise than the server did then (or, where the edition of then is no
longer kept, today's floor plan), and the report names the first such fact. Keys that a flow marks secret are dots on
the tape: full ones, which a flow takes, or empty ones, which it refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from journal.codec import AnyFact
from journal.facts import CallEnded, CallStarted, PromptChanged, ServerStarted
from journal.rows import StoredFact
from journal.views import JournalReader
from switchroom import tape
from switchroom.centre import Centre
from switchroom.edition import Edition, FloorChanged
from switchroom.recovery import restore
from switchroom.turn import Effect, is_fact

UNDECIDED = (ServerStarted, PromptChanged)  # facts that no message led to: the centre did not decide them


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """`first_difference` is "" when all facts are equal; `at_fact` is the journal's number of the first that is not."""

    messages: int
    facts: int
    servers: int
    first_difference: str = ""
    at_fact: int = 0

    @property
    def same(self) -> bool:
        """Whether every decision was made again."""
        return not self.first_difference


class Floors(Protocol):
    """Where the replay finds the editions that were in force."""

    def begin(self, edition: str, calls: Iterable[tuple[str, str]]) -> Centre:
        """A new centre of this edition, which knows those of earlier `calls` (flow, version) too."""
        ...

    def named(self, edition: str) -> Edition | None:
        """The edition of this key; None when it is no longer kept."""
        ...


def replay(journal: JournalReader, floors: Floors) -> ReplayReport:
    """Replay the tapes of all servers, each from the edition and the facts that it started with."""
    messages = facts = servers = epoch = 0
    centre = floors.begin("", ())
    written = (stored for stored in journal.facts() if not isinstance(stored.fact, UNDECIDED))
    for commit in journal.tape():
        if commit.epoch != epoch:
            epoch, servers = commit.epoch, servers + 1
            centre = _begun(journal, floors, epoch)
        for now, message in tape.read(commit.body):
            messages += 1
            if isinstance(message, FloorChanged) and (edition := floors.named(message.edition)):
                centre.editions.staged[edition.key] = edition
            for fact in (effect for effect in centre.handle(message, now) if is_fact(effect)):
                facts += 1
                was = next(written, StoredFact(0, ServerStarted(0.0, 0, "no fact at all")))
                if fact != was.fact:
                    return ReplayReport(messages, facts, servers, f"then {was.fact}, now {fact}", was.seq)
    return ReplayReport(messages, facts, servers)


def turns(journal: JournalReader, floors: Floors, contact: str) -> Iterator[tuple[Centre, float, list[Effect]]]:
    """Replay the servers that had to do with a contact, while it is open: the centre, the time, and what it decided."""
    told = list(journal.facts(contact=contact))
    if not told:
        return
    started = list(journal.facts(kinds=(ServerStarted.__name__,)))
    epochs = [one.fact.epoch for one in started if isinstance(one.fact, ServerStarted) and one.seq <= told[0].seq]
    is_over = any(isinstance(one.fact, CallEnded) for one in told)
    epoch, centre = -1, floors.begin("", ())
    for commit in journal.tape():
        if commit.epoch < max(epochs, default=0):
            continue
        if commit.epoch != epoch:
            epoch, centre = commit.epoch, _begun(journal, floors, commit.epoch)
        for now, message in tape.read(commit.body):
            if isinstance(message, FloorChanged) and (edition := floors.named(message.edition)):
                centre.editions.staged[edition.key] = edition
            yield centre, now, centre.handle(message, now)
        if is_over and commit.fact_seq >= told[-1].seq:
            return


def _begun(journal: JournalReader, floors: Floors, epoch: int) -> Centre:
    """A centre as the server of this epoch was when it began."""
    before: list[AnyFact] = []
    edition = ""
    for stored in journal.facts():
        if isinstance(stored.fact, ServerStarted) and stored.fact.epoch == epoch:
            edition = stored.fact.edition
            break
        before.append(stored.fact)
    ended = {fact.contact for fact in before if isinstance(fact, CallEnded)}
    calls = (fact for fact in before if isinstance(fact, CallStarted) and fact.contact not in ended)
    centre = floors.begin(edition, ((call.flow, call.version) for call in calls))
    restore(centre, before)
    return centre
