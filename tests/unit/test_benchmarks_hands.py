"""The benchmark of a word to a campaign: its customers by seed, and what it prints of what it measured."""

import io
import json

import pytest
from rich.console import Console

from benchmarks.campaign_hands.run import Measured, numbers, publish
from cti.asterisk.carrier import Who

pytestmark = pytest.mark.unit


def test_customers_are_drawn_by_seed_and_two_of_three_never_answer() -> None:
    drawn = numbers(1)
    assert drawn == numbers(1) != numbers(2)
    assert len(set(drawn)) == len(drawn)
    never = sum(Who(number[-6:-4]) is Who.NOBODY for number in drawn)
    assert 0.6 < never / len(drawn) < 0.73


def test_what_was_measured_is_printed_and_written_whole(tmp_path) -> None:
    out, found = io.StringIO(), Measured([0.004, 0.006], 1, [0.02], [8], [0.3, 0.5])
    publish(found, str(tmp_path / "hands.json"), Console(file=out, width=100))
    assert "dials begun after a pause was answered: 1" in out.getvalue()
    assert "0.500 s" in out.getvalue()
    told = json.loads((tmp_path / "hands.json").read_text())
    assert (told["paused"], told["late"], told["stopped"]) == ([0.004, 0.006], 1, [0.02])
