"""Records that cannot be changed and cost little to make: frozen for the type checker, plain at run time.

It does not know any record, and every room may use it. A frozen dataclass of Python sets each field through
`object.__setattr__`: eighteen fields take 7 µs, plain ones 0.4, and a call makes some hundreds of records. So to mypy
`dataclass` is Python's own and an assignment to a field of a frozen one is refused; when the program runs, the same
class is made without the guard, with the same equality and hash (docs/decisions/0023-lean-records-everywhere.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses

    def dataclass(*, frozen: bool = False, slots: bool = False, eq: bool = True) -> object:
        """Make a class of records as `dataclasses.dataclass` does; `frozen` ones keep their hash and lose the guard."""
        return dataclasses.dataclass(slots=slots, eq=eq, unsafe_hash=frozen and eq)


__all__ = ["dataclass"]
