"""Numbers that are never to be called: in the whole house, in one campaign, alone or all that begin the same.

It does not know who asked for it; that is in the facts. It holds for good, until an administrator lifts it.
"""

from __future__ import annotations

from outbound.lead import Lead
from outbound.messages import BlockKept
from outbound.verdict import Reason

HOUSE = ""
WRONG_NUMBER = "wrong number"  # a block with this reason says nothing about the person whom we looked for
_LONGEST = 16  # characters of a number with its +


class Blocks:
    """The do-not-call book. Numbers are kept as whole numbers, in which a million takes some 60 MB."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[int, bool]] = {}  # by scope; the flag: it is the person who is left alone
        self._prefixes: dict[str, set[str]] = {}

    def keep(self, block: BlockKept) -> None:
        """Take in a block, or its end."""
        if block.prefix:
            prefixes = self._prefixes.setdefault(block.scope, set())
            (prefixes.discard if block.lifted else prefixes.add)(block.number)
            return
        numbers, number = self._numbers.setdefault(block.scope, {}), _digits(block.number)
        if block.lifted:
            numbers.pop(number, None)
        else:
            numbers[number] = block.why != WRONG_NUMBER

    def is_blocked(self, number: str, campaign: str) -> bool:
        """Whether this number may not be dialled for this campaign."""
        scopes = (HOUSE, campaign)
        if any(_digits(number) in self._numbers.get(scope, ()) for scope in scopes):
            return True
        known = [prefixes for scope in scopes if (prefixes := self._prefixes.get(scope))]
        return bool(known) and any(number[:end] in prefixes for prefixes in known for end in range(1, _LONGEST))

    def refuses(self, lead: Lead, number: str, campaign: str) -> Reason | None:
        """Why this number of this person may never be dialled; who refused on one number is called on none."""
        if self.is_blocked(number, campaign):
            return Reason.BLOCKED
        his = {_digits(one) for one in (lead.number, *lead.others)}
        if any(self._numbers.get(scope, {}).get(one) for scope in (HOUSE, campaign) for one in his):
            return Reason.REFUSED_CALLS
        return None


def _digits(number: str) -> int:
    plain = number.removeprefix("+")
    return int(plain) if plain.isascii() and plain.isdigit() else -1
