"""Records that cannot be changed and cost little to make: frozen for the type checker, plain at run time.

It does not know any record. A frozen dataclass sets each field through `object.__setattr__`: eighteen fields take 7 µs,
as plain ones 0.4, and every call makes some dozens of records. So `record` is `dataclass` to mypy, which refuses every
assignment, and makes the same class without the guard when the program runs (docs/decisions/0014-lean-records.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:
    from dataclasses import dataclass

    def record(*, frozen: bool, slots: bool) -> object:
        """Make a class of records; `frozen` must be asked for, so that the reader sees what they are."""
        if not frozen:
            raise TypeError("records are frozen")
        return dataclass(slots=slots, unsafe_hash=True)


__all__ = ["record"]
