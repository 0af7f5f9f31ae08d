"""Setting facts aside that cannot be read: who reads gets the others, the log gets the number of each.

It does not know who reads, nor why. What is set aside stays in the journal as it is: a later version may read it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from journal.codec import OpaqueFact, decode, is_whole

if TYPE_CHECKING:
    from journal.codec import AnyFact
    from journal.rows import RawFact

log = structlog.get_logger()

_MOST_TOLD: Final = 20  # facts that the log names one by one: a newer version may have written thousands


class SetAside:
    """Reads rows and remembers which of them the log has heard of. Safe from any thread."""

    def __init__(self) -> None:
        self._told: set[int] = set()

    def decoded(self, raw: RawFact) -> AnyFact:
        """Return the fact, or what stands for one that cannot be read."""
        fact = decode(raw.kind, raw.body, raw.at, raw.contact, raw.agent)
        if isinstance(fact, OpaqueFact):
            self._tell(raw, fact.why)
        return fact

    def whole(self, raw: RawFact) -> RawFact:
        """Return the row; with a body that can be read and says so where its own cannot."""
        if is_whole(raw.body):
            return raw
        self._tell(raw, "no JSON text of an object")
        said = {"at": raw.at, "contact": raw.contact, "agent": raw.agent, "unreadable": True}
        return replace(raw, body=json.dumps(said))

    def _tell(self, raw: RawFact, why: str) -> None:
        if raw.seq in self._told or len(self._told) > _MOST_TOLD:
            return
        self._told.add(raw.seq)
        if len(self._told) > _MOST_TOLD:
            log.error("journal.facts_set_aside", why="there are more", remedy="`switchroom doctor` counts them")
        else:
            log.error("journal.fact_set_aside", seq=raw.seq, kind=raw.kind, contact=raw.contact, why=why)
