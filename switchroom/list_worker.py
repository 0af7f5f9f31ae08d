"""The process in which a running server has a file read: the calls of the server do not wait for its processor time.

It does not know who asked. It reads one JSON object from standard input (`ListOrder`), and writes one a line: how far
it has come, and at the end what came of it; its faults are sentences.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from journal.lead_store import LeadStore
from switchroom.list_export import rejects_of, save_csv
from switchroom.list_import import Staged, Wish, stage
from switchroom.list_sentences import sentence

_NICE: Final = 10
_SHOWN: Final = 50
_OFTEN: Final = 0.2  # seconds between two lines of progress


@dataclass(frozen=True, slots=True)
class ListOrder:
    """`do` is check or bring. `rejects` is the file for refused rows, "" for none."""

    do: str
    folder: str
    file: str
    name: str
    region: str
    zone: str
    by: str
    columns: tuple[str, ...] = ()
    rejects: str = ""
    called: str = ""  # what the person calls the file
    without: tuple[str, ...] = field(default_factory=tuple)


def carry_out(order: ListOrder, tell: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Do it, and return what came of it. Faults of the file, the name and the store come out as they are."""
    wish = Wish(
        Path(order.file), order.name, order.region, order.zone, order.by, tuple(order.columns),
        without=tuple(order.without), called=order.called,
    )  # fmt: skip
    last = 0.0

    def told(done: int, size: int, rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _OFTEN:
            last = time.monotonic()
            tell({"done": done, "of": size, "rows": rows})

    with LeadStore(Path(order.folder)) as store, stage(store, wish, time.time(), told) as staged:
        rejects = _rejects(staged, order.rejects)
        if order.do == "bring" and staged.told.good:
            staged.keep()
        kept = order.do == "bring" and bool(staged.told.good)
        return {"told": asdict(staged.told), "kept": kept, "rejects": rejects}


def _rejects(staged: Staged, out: str) -> list[dict[str, Any]]:
    with closing(staged.opened()) as file:
        if out:
            save_csv(Path(out), *rejects_of(file))
        return [asdict(one) for one in islice(file.rejects(limit=_SHOWN), _SHOWN)]


def main() -> int:
    """Carry out the order that stands on standard input."""
    os.nice(_NICE)
    order = ListOrder(**json.load(sys.stdin))

    def tell(what: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()

    try:
        tell({"end": carry_out(order, tell)})
    except Exception as fault:
        told = sentence(fault, order.called or order.file)
        if told is None:
            raise
        tell({"fault": told})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
