"""From files to an edition that can be put in force: copied, checked as a whole, every prompt made, kept.

It does not know when that is done, nor who meets the edition. Everything here blocks: call it in a thread.

The check is the one of `switchroom check`, of the copy, so what is in force is what was checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ivr.faults import Fault
from switchroom.edition import Edition
from switchroom.floorplan import FloorPlan, load_floor
from switchroom.plan import Plan
from switchroom.versions import Record, Versions

Render = Callable[[FloorPlan], Mapping[tuple[str, str], str]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the files cannot be put in force: the check's faults, or one thing that stood in the way otherwise."""

    faults: tuple[Fault, ...]
    why: str = ""

    def lines(self) -> tuple[str, ...]:
        """Every fault as text."""
        return (*(str(fault) for fault in self.faults), *([self.why] if self.why else []))


@dataclass(frozen=True, slots=True)
class Stage:
    """Where editions are made. `render` makes the sound of every prompt and raises `CannotRender` with the reason."""

    dialplans: Path
    versions: Versions
    country: str
    render: Render
    outside: tuple[str, ...] | None = None

    def edition(self) -> Edition | Refusal:
        """The files as they are now, as an edition that can be put in force; or why not."""
        try:
            key, copy = self.versions.copy(self.dialplans)
        except OSError as fault:
            return Refusal((), f"{self.dialplans}: {fault.strerror or fault}")
        try:
            made = self._checked(key, copy)
        except CannotRender as fault:
            made = Refusal((), str(fault))
        except BaseException:
            self.versions.drop(copy)
            raise
        if isinstance(made, Refusal):
            self.versions.drop(copy)
        return made

    def _checked(self, key: str, copy: Path) -> Edition | Refusal:
        floor, faults = load_floor(copy)
        if floor is None:
            return Refusal(tuple(at_home(fault, copy, self.dialplans) for fault in faults))
        sounds = self.render(floor)
        self.versions.keep(key, copy, Record({name: flow.version for name, flow in floor.flows.items()}, sounds))
        return Edition(key, Plan(floor, self.country, outside=self.outside), sounds)

    def kept(self, key: str) -> Edition | None:
        """An edition of before; None when it is not kept, or cannot be read by this version of the program."""
        record = self.versions.record(key) if key else None
        floor = load_floor(self.versions.place(key))[0] if record else None
        if record is None or floor is None:
            return None
        whole = bool(record.sounds) and all(Path(f"{path}.wav").exists() for path in record.sounds.values())
        try:
            plan = Plan(floor, self.country, outside=self.outside)
            return Edition(key, plan, record.sounds if whole else self.render(floor))
        except CannotRender:
            return None

    def of_calls(self, present: Edition, calls: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Edition]:
        """The editions that calls of these flows and versions came in under, as far as it is not the present one."""
        loaded: dict[str, Edition | None] = {}
        found: dict[tuple[str, str], Edition] = {}
        flows = present.plan.floor.flows
        for flow, version in sorted(set(calls)):
            if not flow or (flow in flows and flows[flow].version == version):
                continue  # a call-back goes through no flow
            key = self.versions.find(flow, version)
            if key not in loaded:
                loaded[key] = self.kept(key)
            edition = loaded[key]
            if edition is not None and edition.plan.floor.flows[flow].version == version:
                found[flow, version] = edition
        return found


@dataclass(frozen=True, slots=True)
class Opening:
    """What a server starts with: `edition` as its predecessor left it, and what the files say now."""

    edition: Edition
    found: Edition | Refusal


def opening(stage: Stage) -> Opening | Refusal:
    """Begin with the edition that was in force last, if it is still kept, else with the files; a refusal without both.

    So a server that comes back after a crash is not kept out by a file that somebody is just editing.
    """
    found = stage.edition()
    head = stage.versions.head()
    if isinstance(found, Edition):
        last = None if head in ("", found.key) else stage.kept(head)
        return Opening(last or found, found)
    last = stage.kept(head)
    return found if last is None else Opening(last, found)


class CannotRender(Exception):
    """A prompt cannot be made into sound; the text says which and why."""


def at_home(fault: Fault, copy: Path, home: Path) -> Fault:
    """The fault with the name of the file that was copied."""
    return replace(fault, file=fault.file.replace(str(copy), str(home), 1))
