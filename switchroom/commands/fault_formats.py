"""Faults as other programs read them: JSON, SARIF 2.1.0 for code hosts, and workflow commands for GitHub.

It does not know what is a fault, nor where the text goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ivr.codes import CODES
from ivr.faults import Fault, Severity

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_GITHUB = {Severity.FAULT: "error", Severity.WARNING: "warning"}
# What would end a workflow command or one of its properties early.
_ESCAPES = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_MORE_ESCAPES = ((":", "%3A"), (",", "%2C"))


def as_sarif(faults: Iterable[Fault]) -> Mapping[str, Any]:
    """One SARIF run with every fault, and the rules of those codes that occur."""
    told = tuple(faults)
    codes = sorted({fault.code for fault in told})
    tool = {"driver": {"name": "switchroom", "rules": [_rule(code) for code in codes]}}
    return {"$schema": SARIF, "version": "2.1.0", "runs": [{"tool": tool, "results": [_result(f) for f in told]}]}


def _rule(code: str) -> Mapping[str, Any]:
    known = CODES.get(code)
    if known is None:
        return {"id": code}
    return {"id": code, "shortDescription": {"text": known.means}, "help": {"text": known.remedy}}


def _result(fault: Fault) -> Mapping[str, Any]:
    region = {"startLine": fault.line, "startColumn": fault.column, "endColumn": fault.column + fault.width}
    place = {"artifactLocation": {"uri": Path(fault.file).as_posix()}, "region": region}
    return {
        "ruleId": fault.code,
        "level": _GITHUB[fault.severity],
        "message": {"text": _sentence(fault)},
        "locations": [{"physicalLocation": place}],
    }


def as_github(faults: Iterable[Fault]) -> list[str]:
    """One workflow command a fault, which marks the line in a pull request."""
    return [_command(fault) for fault in faults]


def _command(fault: Fault) -> str:
    spot = f"file={_escaped(fault.file, more=True)},line={fault.line},col={fault.column},title={fault.code}"
    return f"::{_GITHUB[fault.severity]} {spot}::{_escaped(_sentence(fault))}"


def _escaped(text: str, *, more: bool = False) -> str:
    for char, instead in (*_ESCAPES, *(_MORE_ESCAPES if more else ())):
        text = text.replace(char, instead)
    return text


def _sentence(fault: Fault) -> str:
    return f"{fault.message} ({fault.hint})" if fault.hint else fault.message
