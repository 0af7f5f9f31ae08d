"""Verdicts as a JUnit report, which every CI system shows.

It does not know how a verdict came about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from switchroom.trial.verdict import Verdict

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(verdicts: Iterable[Verdict], seconds: float) -> str:
    """The report's text. One suite a file, one case a scenario; `seconds` is what the whole took."""
    files: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        files.setdefault(verdict.transcript.file, []).append(verdict)
    total = sum(map(len, files.values()))
    failed = sum(not verdict.passed for suite in files.values() for verdict in suite)
    head = f'<testsuites name="switchroom" tests="{total}" failures="{failed}" time="{seconds:.3f}">'
    suites = [_suite(file, suite) for file, suite in files.items()]
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>")) + "\n"


def _suite(file: str, verdicts: list[Verdict]) -> str:
    failed = sum(not verdict.passed for verdict in verdicts)
    head = f'  <testsuite name={_value(file)} tests="{len(verdicts)}" failures="{failed}">'
    return "\n".join((head, *map(_case, verdicts), "  </testsuite>"))


def _case(verdict: Verdict) -> str:
    transcript = verdict.transcript
    name = title_of(verdict)
    head = f'    <testcase name={_value(name)} classname={_value(transcript.file)} line="{transcript.place.line}"'
    if verdict.difference is None:
        return f"{head}/>"
    found = verdict.difference
    text = "\n".join((f"{transcript.file}:{found.place.line}:{found.place.column}", *found.section))
    return f"{head}>\n      <failure message={_value(found.problem)}>{_text(text)}</failure>\n    </testcase>"


def title_of(verdict: Verdict) -> str:
    """What a scenario is called: the comment above it, or its number and line."""
    transcript = verdict.transcript
    return transcript.title or f"{transcript.opening.called}, line {transcript.place.line}"


def _value(text: str) -> str:
    return quoteattr(_UNFIT.sub("?", text))


def _text(text: str) -> str:
    return escape(_UNFIT.sub("?", text))
