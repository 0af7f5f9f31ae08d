"""Who stands where: the place of a waiting contact in the line of its queue, counted from 1.

It does not know agents, nor who is served next: skills decide that, and callers who have waited too long. It counts who
would come before a contact if all agents of the queue could serve everybody, which is what a caller means by his place.

It follows the router from outside, message by message, and only for the queues that it is asked to watch. Each message
costs one look into a sorted list, however many wait.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from acd.contacts import ContactRecord, ContactState
from acd.messages import (
    Answer,
    ContactArrived,
    ContactId,
    ContactLeft,
    OfferAccepted,
    OfferClosed,
    ReleaseContact,
    Told,
)
from acd.orders import ORDERS
from acd.rules import QueueRules

if TYPE_CHECKING:
    from acd.router import Router

Key = tuple[int, bool, float, str]
IN_LINE = frozenset({ContactState.WAITING, ContactState.OFFERED})


class Standing:
    """The lines of the queues in `watched`; `rules` are those of all queues."""

    def __init__(self, rules: Mapping[str, QueueRules] | None = None, watched: Collection[str] = ()) -> None:
        self._rules = rules or {}
        self._lines: dict[str, list[Key]] = {queue: [] for queue in watched}
        self._stands: dict[str, tuple[str, Key]] = {}

    def place(self, contact: str) -> int:
        """Give the contact's place, the first is 1; 0 when it stands in no watched line."""
        queue, key = self._stands.get(contact, ("", (0, False, 0.0, "")))
        return bisect_left(self._lines[queue], key) + 1 if queue else 0

    def follow(self, router: Router, told: Told, answers: Iterable[Answer]) -> None:
        """Take in what the router was told and what it answered."""
        if not self._lines:
            return
        if isinstance(told, ContactArrived | ContactLeft):
            self._look(router, told.contact)
        elif isinstance(told, OfferAccepted):
            self._look(router, ContactId(told.offer.rpartition(".")[0]))
        for answer in answers:
            if isinstance(answer, ReleaseContact | OfferClosed):
                self._look(router, answer.contact)

    def take_all(self, router: Router) -> None:
        """Stand everybody in line anew, after a start or with other rules."""
        for record in router.contacts().values():
            self._put(record)

    def _look(self, router: Router, contact: ContactId) -> None:
        self._take(contact)
        record = router.contacts().get(contact)
        if record is not None:
            self._put(record)

    def _put(self, record: ContactRecord) -> None:
        if record.state not in IN_LINE or record.queue not in self._lines:
            return
        rules = self._rules[record.queue]
        order = ORDERS[rules.order]
        steps = -record.priority if order.strict else 0
        key = (steps, not record.at_head, order.refer(record.asked_at, record.priority, rules), str(record.contact))
        insort(self._lines[record.queue], key)
        self._stands[record.contact] = (record.queue, key)

    def _take(self, contact: str) -> None:
        stood = self._stands.pop(contact, None)
        if stood is not None:
            line = self._lines[stood[0]]
            del line[bisect_left(line, stood[1])]
