"""Running the tape through the same centre again, and comparing what it decides with what was decided.

It does not know Asterisk or the screens: actions are dropped, facts are compared.

A difference means that today's code or floor plan decides otherwise than the server did then, and the report names the
first such fact. Keys that a flow marks secret are dots on the tape, which a flow takes for digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from journal.codec import AnyFact
from journal.facts import Fact, ServerStarted
from journal.rows import StoredFact
from journal.views import JournalReader
from switchroom import tape
from switchroom.centre import Centre
from switchroom.recovery import restore


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


def replay(journal: JournalReader, new_centre: Callable[[], Centre]) -> ReplayReport:
    """Replay the tapes of all servers, each from the facts that it started with."""
    messages = facts = servers = epoch = 0
    centre = new_centre()
    written = (stored for stored in journal.facts() if not isinstance(stored.fact, ServerStarted))
    for commit in journal.tape():
        if commit.epoch != epoch:
            epoch, servers = commit.epoch, servers + 1
            centre = new_centre()
            restore(centre, _facts_before(journal, epoch))
        for now, message in tape.read(commit.body):
            messages += 1
            for fact in (effect for effect in centre.handle(message, now) if isinstance(effect, Fact)):
                facts += 1
                was = next(written, StoredFact(0, ServerStarted(0.0, 0, "no fact at all")))
                if fact != was.fact:
                    return ReplayReport(messages, facts, servers, f"then {was.fact}, now {fact}", was.seq)
    return ReplayReport(messages, facts, servers)


def _facts_before(journal: JournalReader, epoch: int) -> Iterator[AnyFact]:
    for stored in journal.facts():
        if isinstance(stored.fact, ServerStarted) and stored.fact.epoch == epoch:
            return
        yield stored.fact
