"""One dialplans folder while it is read: the bytes of its files, and every fault once.

It does not know what a file says. A file that cannot be read is one fault; that others name what it would have held
need not be told again in each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ivr.faults import Fault, Faults
from ivr.source import MAX_BYTES

_Read = TypeVar("_Read")


@dataclass
class FloorFolder:
    """`blind` are the codes of faults that only repeat that another file is at fault."""

    path: Path
    faults: list[Fault] = field(default_factory=list)
    blind: set[str] = field(default_factory=set)
    _silent: set[str] = field(default_factory=set)  # files that could not be read

    def holds(self, name: str) -> bool:
        """Whether there is such a file."""
        return (self.path / name).exists()

    def file(self, name: str, most: int = MAX_BYTES) -> tuple[bytes, str]:
        """A file's bytes and the name that its faults carry; unreadable is a fault and reads as empty."""
        path = self.path / name
        try:
            if path.exists() and not path.is_file():
                return self._unreadable(path, "is not a file"), str(path)
            with path.open("rb") as file:
                return file.read(most + 1), str(path)
        except OSError as error:
            return self._unreadable(path, f"cannot be read: {error.strerror or error}"), str(path)

    def _unreadable(self, path: Path, why: str) -> bytes:
        self._silent.add(str(path))
        self.faults.append(Fault(str(path), 1, 1, "unreadable", why, "create it or correct its rights"))
        return b""

    def files(self, name: str) -> list[Path]:
        """Its .yaml files in order; none at all is a fault, and so is what only looks like one."""
        found = sorted((self.path / name).glob("*.yaml"))
        if not found:
            fault = Fault(str(self.path / name), 1, 1, "unreadable", "holds no .yaml file", "create one")
            self.faults.append(fault)
        for path in sorted((self.path / name).glob("*.yml")):
            self.faults.append(Fault(str(path), 1, 1, "not-read", "only .yaml files are read", "rename it to .yaml"))
        return found

    def told(self, parsed: tuple[_Read, Faults]) -> _Read:
        """What was read; its faults are noted."""
        self.tell(parsed[1].all())
        return parsed[0]

    def tell(self, faults: Iterable[Fault]) -> None:
        """Note faults, but for those that only repeat that another file is at fault."""
        self.faults.extend(
            fault for fault in faults if fault.code not in self.blind and fault.file not in self._silent
        )

    def go_blind(self, *read: Mapping[str, object]) -> None:
        """A file that gave nothing is told as such; that its names are unknown need not be told again in each flow."""
        codes = (
            {"unknown-calendar"},
            {"unknown-queue", "nobody-fits"},
            {"unknown-skill", "nobody-fits"},
            {"unknown-prompt", "unknown-language"},
        )
        for names, repeated in zip(read, codes, strict=True):
            if not names:
                self.blind |= repeated
