"""The page of figures: it is what the code says, and every figure that is answered has its names on it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from acd.figure_names import AGENT_TIME, FIGURES, LINE, Unit
from acd.figures_reference import page
from acd.handling import Handling
from acd.service_level import DEFINITIONS, Counts
from desk.agent_times import AgentTime
from desk.breakdown import Line

pytestmark = pytest.mark.unit
PAGE = Path(__file__).parents[2] / "docs" / "figures.md"


def test_the_page_is_what_the_code_says():
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m acd.figures_reference > docs/figures.md"


def test_every_figure_of_an_answer_has_its_names():
    named = {one.key for one in LINE}
    apart = {"queue", "skill", "agent", "interval", "rates", "counts", "handling", "handled"}
    answered = {one.name for one in fields(Line)} - apart | {f"rates.{one.key}" for one in DEFINITIONS}
    answered |= {f"counts.{one.name}" for one in fields(Counts)} - {"counts.answered_waits", "counts.longest"}
    answered |= {f"handling.{one.name}" for one in fields(Handling)}
    assert answered - named == {f"handling.{key}" for key in ("ringing", "talk", "hold", "wrap_up")}
    assert named <= answered
    assert {one.key for one in AGENT_TIME} == {one.name for one in fields(AgentTime)} - {
        "interval", "agent", "parts", "planned", "kept",
    }  # fmt: skip


def test_no_two_figures_share_a_name_and_each_has_a_formula():
    for language in ("en", "zh"):
        names = [one.name(language) for one in FIGURES]
        assert len(set(names)) == len(names)
    assert all(len(one.text) > 8 and one.source for one in FIGURES)
    assert {one.unit for one in FIGURES} == set(Unit)
