"""The few things we ask an Asterisk over AMI, as plain records.

It does not know how a record becomes bytes (`codec.py`) nor what comes back.

Each record gives its headers in order; `within` is the time in seconds after which a missing answer is a fault.
`listing` names the event that closes the answer where the answer is a list.
"""

from __future__ import annotations

import re
from typing import ClassVar

from lean import dataclass

Headers = tuple[tuple[str, str], ...]
LONGEST_PART, PARTS = 900, 4  # bytes of an AMI header's value; Asterisk expands variables in 4096

_CUT = re.compile(r"(?<!\\),")


class EncodeError(ValueError):
    """A value must not or cannot be written to AMI. The text names the header and the remedy, never the value."""


@dataclass(frozen=True, slots=True)
class Originate:
    """Ring `channel`; on answer it enters the dialplan at `context`,`exten`,1. Its unique id will be `channel_id`.

    `ring_for` in seconds. A comma in a variable's value needs a backslash: Asterisk would split the value there.
    """

    channel: str
    channel_id: str
    context: str
    ring_for: float
    caller_number: str
    caller_name: str
    variables: tuple[tuple[str, str], ...] = ()
    exten: str = "s"
    within: ClassVar[float] = 3.0
    listing: ClassVar[str] = ""

    def headers(self) -> Headers:
        """Raise `EncodeError` for a comma in a variable that has no backslash before it."""
        if any(_CUT.search(value) for _, value in self.variables):
            raise EncodeError("header Variable: a value holds a comma, where Asterisk would cut it; take the comma out")
        return (
            ("Action", "Originate"),
            ("Channel", self.channel),
            ("ChannelId", self.channel_id),
            ("Context", self.context),
            ("Exten", self.exten),
            ("Priority", "1"),
            ("Timeout", str(max(1, round(self.ring_for * 1000)))),
            ("CallerID", f'"{_quotable(self.caller_name)}" <{_quotable(self.caller_number)}>'),
            ("Async", "true"),
            *(("Variable", f"{name}={value}") for name, value in self.variables),
        )


@dataclass(frozen=True, slots=True)
class Hangup:
    """End a channel, named by its unique id. `cause` is Q.850."""

    channel: str
    cause: int = 16
    within: ClassVar[float] = 3.0
    listing: ClassVar[str] = ""

    def headers(self) -> Headers:
        """Three headers."""
        return (("Action", "Hangup"), ("Channel", self.channel), ("Cause", str(self.cause)))


@dataclass(frozen=True, slots=True)
class SetVariable:
    """Set a variable of a channel, named by its unique id."""

    channel: str
    variable: str
    value: str
    within: ClassVar[float] = 3.0
    listing: ClassVar[str] = ""

    def headers(self) -> Headers:
        """Four headers."""
        return (("Action", "Setvar"), ("Channel", self.channel), ("Variable", self.variable), ("Value", self.value))


@dataclass(frozen=True, slots=True)
class Redirect:
    """Send a channel, named by its unique id, to `context`,`exten`,1.

    `also` is a second channel with its own context, extension and priority: the two leave the bridge that they share
    at the same moment.
    """

    channel: str
    context: str
    exten: str = "s"
    also: tuple[str, str, str, str] | None = None
    within: ClassVar[float] = 3.0
    listing: ClassVar[str] = ""

    def headers(self) -> Headers:
        """Five headers, or nine."""
        first = (
            ("Action", "Redirect"),
            ("Channel", self.channel),
            ("Context", self.context),
            ("Exten", self.exten),
            ("Priority", "1"),
        )
        if self.also is None:
            return first
        names = ("ExtraChannel", "ExtraContext", "ExtraExten", "ExtraPriority")
        return (*first, *zip(names, self.also, strict=True))


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Close the recordings of a channel, named by its unique id; refused where there are none."""

    channel: str
    within: ClassVar[float] = 3.0
    listing: ClassVar[str] = ""

    def headers(self) -> Headers:
        """Two headers."""
        return (("Action", "StopMixMonitor"), ("Channel", self.channel))


@dataclass(frozen=True, slots=True)
class ReadGlobal:
    """Ask for a global variable of the dialplan."""

    variable: str
    within: ClassVar[float] = 3.0
    listing: ClassVar[str] = ""

    def headers(self) -> Headers:
        """Two headers."""
        return (("Action", "Getvar"), ("Variable", self.variable))


@dataclass(frozen=True, slots=True)
class ListChannels:
    """Ask for every channel, each with these variables (or dialplan functions)."""

    variables: tuple[str, ...]
    within: ClassVar[float] = 10.0
    listing: ClassVar[str] = "StatusComplete"

    def headers(self) -> Headers:
        """Two headers."""
        return (("Action", "Status"), ("Variables", ",".join(self.variables)))


@dataclass(frozen=True, slots=True)
class ReadFamily:
    """Ask for every key of a family in Asterisk's own small database."""

    family: str
    within: ClassVar[float] = 10.0
    listing: ClassVar[str] = "DBGetTreeComplete"

    def headers(self) -> Headers:
        """Two headers."""
        return (("Action", "DBGetTree"), ("Family", self.family))


@dataclass(frozen=True, slots=True)
class ListDevices:
    """Ask for the state of every device; a phone that nobody is registered on is UNAVAILABLE."""

    within: ClassVar[float] = 10.0
    listing: ClassVar[str] = "DeviceStateListComplete"

    def headers(self) -> Headers:
        """One header."""
        return (("Action", "DeviceStateList"),)


Move = Redirect | StopRecording
Action = Originate | Hangup | SetVariable | Move | ReadGlobal | ListChannels | ReadFamily | ListDevices


def sounds_as_texts(sounds: tuple[str, ...]) -> tuple[str, ...]:
    """Sounds as Asterisk's applications take them, in `PARTS` texts that belong together.

    Raise `EncodeError` for a name that would be cut, or for too many.
    """
    if any(mark in sound for sound in sounds for mark in "&,;|${}\"'"):
        raise EncodeError("a sound's name holds a mark that Asterisk would cut it at; rename the file or its folder")
    parts, mark = [""], ""
    for sound in sounds:
        if len(f"{parts[-1]}{mark}{sound}".encode()) > LONGEST_PART:
            parts.append("")
        parts[-1] += f"{mark}{sound}"
        mark = "&"
    if len(parts) > PARTS:
        raise EncodeError("the sounds of one announcement have too long names together; shorten it")
    return (*parts, *[""] * (PARTS - len(parts)))


def _quotable(text: str) -> str:
    """Caller ids are read as `"name" <number>`: those marks must not come from the caller."""
    return "".join(letter for letter in text if letter not in '"<>\\')
