"""The benchmark of the kills in small: nothing is lost; and a server that forgets is found out by it."""

from __future__ import annotations

import pytest

from benchmarks.kills.drive import Plan, Victim, run
from benchmarks.kills.run import judge

pytestmark = pytest.mark.live

FORGETS = """
import switchroom.taking_floor
switchroom.taking_floor.restore = lambda *_: ()
"""


def test_three_kills_under_load_cost_nobody_his_call(package, tmp_path):
    arm = judge(run(Plan(Victim.SERVER, kills=3, rate=2.0, gaps=(3.4, 4.2), warm_up=4.0, talks=2), tmp_path, package))
    assert arm["findings"] == {}
    assert (arm["wrong"], arm["remarks"]) == (0, [])
    assert arm["kills"] == 3
    assert arm["talks"] > 10
    assert arm["up_at_a_kill_mean"]["talks"] > 1
    for what in ("journal taken", "adopted", "first routed call rings"):
        assert arm["seconds"][what]["of"] == 3, what


def test_a_server_that_does_not_remember_is_found_out(package, tmp_path, monkeypatch):
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "sitecustomize.py").write_text(FORGETS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "planted"))
    plan = Plan(Victim.SERVER, kills=1, rate=2.0, warm_up=5.0, settle=1.0)
    arm = judge(run(plan, tmp_path / "run", package))
    assert arm["wrong_by_kind"]["talk dropped"] > 0, "its first survey takes the talks for strays"
    assert arm["wrong_by_kind"]["asked twice"] > 0, "who waited is led through the flow again"
