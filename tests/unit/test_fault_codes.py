"""Every code that the source can tell is explained on the page for users, and every one explained can be told."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from ivr.codes import CHAPTERS, CODES, page
from ivr.faults import Severity

pytestmark = pytest.mark.unit

TREE = Path(__file__).parents[2]
KEBAB = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")
FILES = [
    *sorted((TREE / "ivr").rglob("*.py")),
    *sorted((TREE / "switchroom").glob("floor*.py")),
    *(TREE / "switchroom" / f"{name}.py" for name in ("sourcefiles", "queuefile", "relax_text", "queue_checks")),
    *(TREE / "switchroom" / f"{name}.py" for name in ("agentfile", "autopilotfile", "advice", "schedulefile")),
    *(TREE / "switchroom" / f"{name}.py" for name in ("lawfile", "campaignfile", "campaign_checks")),
]
TELLERS = {"fault": 1, "add": 1, "warn": 1, "Fault": 3}  # the place of the code among the arguments


def told() -> dict[str, set[str]]:
    """Every code in the source, and whether it is told as a warning. `unknown-…` is put together from kinds."""
    found: dict[str, set[str]] = {}
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for code in codes_of(name, node.args):
                found.setdefault(code, set()).add("warning" if name in {"warn", "_unused"} else "fault")
    return found


def codes_of(name: str, arguments: list[ast.expr]) -> list[str]:
    if name in {"known", "known_name"} and len(arguments) >= 2 and text_of(arguments[1]):
        return [f"unknown-{text_of(arguments[1])}"]
    if name == "_unused":
        return [text_of(argument) for argument in arguments if text_of(argument).startswith("unused-")]
    at = TELLERS.get(name)
    if at is None or len(arguments) < at + 2:
        return []
    choices = arguments[at]
    texts = [choices.body, choices.orelse] if isinstance(choices, ast.IfExp) else [choices]
    return [text for each in texts if (text := text_of(each)) and KEBAB.fullmatch(text)]


def text_of(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_the_scan_finds_what_is_there() -> None:
    found = told()
    assert {"syntax", "unknown-step", "unknown-queue", "shared-phone", "unset-variable", "unused-prompt"} <= set(found)
    assert len(found) > 80


def test_every_code_that_can_be_told_is_explained() -> None:
    assert sorted(set(told()) - set(CODES)) == [], "add them to ivr/codes.py"


def test_every_code_that_is_explained_can_be_told() -> None:
    assert sorted(set(CODES) - set(told())) == [], "nothing tells them any more"


def test_the_page_says_which_codes_are_warnings() -> None:
    for code, severities in told().items():
        assert severities == {str(CODES[code].severity)}, code


def test_no_code_is_explained_twice_and_each_says_what_to_do() -> None:
    names = [code.name for _, codes in CHAPTERS for code in codes]
    assert len(names) == len(set(names))
    assert all(code.means.endswith(".") and code.remedy.endswith(".") for code in CODES.values())
    assert any(code.severity is Severity.WARNING for code in CODES.values())


def test_the_page_is_not_stale() -> None:
    written = (TREE / "docs" / "flows" / "faults.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m ivr.codes > docs/flows/faults.md"
