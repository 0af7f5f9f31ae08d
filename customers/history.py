"""The last contacts of each caller, for the agent who takes his next one.

It does not know why a contact went as it did, and it forgets: the journal is the memory that does not.
"""

from __future__ import annotations

from bisect import insort
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from customers.context import EarlierContact

PER_CALLER = 10
CALLERS = 100_000


class History:
    """A bounded memory: at most `per_caller` contacts of each of at most `callers` callers.

    When there are more callers, those of whom nothing was heard for longest are forgotten. Raises
    ValueError when a bound is below 1.
    """

    def __init__(self, per_caller: int = PER_CALLER, callers: int = CALLERS) -> None:
        if per_caller < 1 or callers < 1:
            raise ValueError(f"bounds must be at least 1, not {per_caller} and {callers}")
        self._per_caller, self._callers = per_caller, callers
        self._kept: OrderedDict[str, tuple[EarlierContact, ...]] = OrderedDict()

    def add(self, caller: str, contact: EarlierContact) -> None:
        """Remember a finished contact of `caller` (customer id or number); nobody ("") has no history.

        The same contact told again replaces what was told before. Contacts may come in any order of time.
        """
        if not caller:
            return
        kept = [each for each in self._kept.get(caller, ()) if each.contact != contact.contact]
        insort(kept, contact, key=_newest_first)
        self._kept[caller] = tuple(kept[: self._per_caller])
        self._kept.move_to_end(caller)
        if len(self._kept) > self._callers:
            self._kept.popitem(last=False)

    def earlier(self, caller: str) -> tuple[EarlierContact, ...]:
        """Give his finished contacts, newest first; () when there are none we remember."""
        return self._kept.get(caller, ())

    def served_by(self, *callers: str) -> str:
        """Give the agent who talked last with one of these callers; "" when none did that we remember."""
        talks = [each for caller in callers for each in self.earlier(caller) if each.agent and each.talked > 0]
        newest = max(talks, key=lambda each: (each.at, each.contact), default=None)
        return newest.agent if newest else ""

    def __len__(self) -> int:
        return len(self._kept)


def _newest_first(contact: EarlierContact) -> float:
    return -contact.at
