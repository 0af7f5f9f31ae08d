"""How a command answers: its exit code, its JSON, its text, and the faults it foresaw.

It does not know any command.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, is_dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from switchroom.config import Loaded, load
from switchroom.config_faults import ConfigError
from switchroom.secret_files import SecretError
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path


class Code(IntEnum):
    """The exit codes of every command; docs/command-line.md says them in words."""

    OK = 0
    NO = 1
    USAGE = 2
    OUTSIDE = 3
    INTERRUPTED = 130


class OutsideError(Exception):
    """Something that we need is not there: a program, a port, a server. `remedy` says how to get it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}\n    -> {remedy}")
        self.problem = problem
        self.remedy = remedy


class UsageError(Exception):
    """The command was not called as it can be."""


def settings_from(config: Path | None) -> Loaded:
    """Return the settings in force. `ConfigError` is turned into text and exit code 2 by `told`."""
    return load(config)


def print_json(value: object) -> None:
    """Write one JSON document to standard output."""
    sys.stdout.write(json.dumps(value, default=_plain, ensure_ascii=False, indent=2) + "\n")


def print_line(text: str) -> None:
    """Write one line to standard output."""
    sys.stdout.write(text + "\n")


def print_note(text: str) -> None:
    """Write one line for the person who waits to standard error, where it spoils no JSON."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def told(error: Exception) -> Code:
    """Write a foreseen fault to standard error and return its exit code; raise any other again."""
    if isinstance(error, ConfigError):
        sys.stderr.write(say("config.faults", count=len(error.faults)) + f"\n{error}\n")
        return Code.USAGE
    if isinstance(error, UsageError | SecretError):
        sys.stderr.write(f"{error}\n")
        return Code.USAGE
    if isinstance(error, OutsideError):
        sys.stderr.write(f"{error}\n")
        return Code.OUTSIDE
    raise error


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
