"""What a flow may know of a source of records: what it is asked with, what it returns, and what of that is private.

It does not know where a source is, nor how it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """`keys` must all be given with a question. `secret` is the key that goes as a secret, "" for none.

    `returns` are the names of the values that come back; `private` are those of them that a flow may neither ask for
    nor read before the caller has passed `authenticate`.
    """

    keys: tuple[str, ...]
    returns: tuple[str, ...] = ()
    private: frozenset[str] = frozenset()
    secret: str = ""
