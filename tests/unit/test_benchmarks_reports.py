"""The benchmark of reports: it measures reports that say what was written, and tells one that does not."""

from __future__ import annotations

import json

import pytest

from benchmarks.reports import run
from benchmarks.reports.month import write_month

pytestmark = pytest.mark.unit


def quick(tmp_path, monkeypatch, contacts=300):
    monkeypatch.setattr(run, "per_fact", lambda: 1.0)
    monkeypatch.setattr(run, "per_check", lambda: 1.0)
    monkeypatch.setattr(run, "per_projected_fact", lambda _: {"projected_us": 1.0})
    code = run.main(["--contacts", str(contacts), "--rounds", "1", "--json", str(tmp_path / "out.json")])
    return code, json.loads((tmp_path / "out.json").read_text())


def test_every_report_says_what_was_written(tmp_path, monkeypatch, capsys):
    code, told = quick(tmp_path, monkeypatch)
    assert code == 0
    assert all(one["right"] for one in told["reports"])
    assert len(told["reports"]) == 9
    assert "by queue and hour" in capsys.readouterr().out


def test_a_report_that_says_something_else_shows(tmp_path, monkeypatch):
    real = run.write_month

    def forgets(folder, contacts, seed):
        url, month = real(folder, contacts, seed)
        month.how["answered"] += 1
        return url, month

    monkeypatch.setattr(run, "write_month", forgets)
    code, told = quick(tmp_path, monkeypatch)
    assert code == 1
    assert [one["right"] for one in told["reports"]].count(False) == 7


def test_the_same_seed_is_the_same_month(tmp_path):
    months = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        months.append(write_month(tmp_path / name, 200, 5)[1])
    assert months[0] == months[1]
    assert sum(months[0].how.values()) == 200
