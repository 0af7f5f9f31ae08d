"""The benchmark of lists: every arm reads the same people out of either kind of file; who is next is measured."""

import pytest

from benchmarks.lists.arms import ours, plain, plain_workbook
from benchmarks.lists.made import write_csv, write_workbook
from benchmarks.lists.run import _agree
from benchmarks.lists.standing import make, measure

pytestmark = pytest.mark.unit


def test_all_arms_find_the_same_people_in_either_file(tmp_path):
    write_csv(tmp_path / "a.csv", 400, 1, "utf-8")
    write_workbook(tmp_path / "a.xlsx", 400, 1)
    arms = {"ours": ours, "plain": plain, "ours, workbook": ours, "plain_workbook": plain_workbook}
    files = (tmp_path / "a.csv", tmp_path / "a.csv", tmp_path / "a.xlsx", tmp_path / "a.xlsx")
    found = []
    for (name, arm), file in zip(arms.items(), files, strict=True):
        rows, leads = arm(file, tmp_path / name)
        found.append({"arm": name.split(",")[0], "rows": rows, "leads": leads})
    assert _agree(found)
    assert {one["rows"] for one in found} == {400}
    assert 380 < found[0]["leads"] < 400
    assert not _agree([*found, {"arm": "ours", "rows": 400, "leads": 7}])


def test_who_is_next_is_measured_at_each_stage(tmp_path):
    make(tmp_path, 300, 1)
    told = measure(tmp_path, 2, 1)
    assert told["leads"] == 300
    assert set(told) >= {"untouched", "half_tried", "all_tried", "due_again", "first_after_restart_ms", "left_ms"}
