"""`switchroom campaign dry-run`: from a campaign's text to a forecast, with the first dials and their reasons."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from list_world import make_list
from typer.testing import CliRunner

from switchroom.campaign_day.dry_text import KEYS, parse_dry_text
from switchroom.cli import app
from switchroom.words_en_dry_run import DRY_RUN as ENGLISH
from switchroom.words_zh_dry_run import DRY_RUN as CHINESE

pytestmark = pytest.mark.unit

TREE = Path(__file__).parents[2]
PAGE = (TREE / "docs" / "outbound-dry-run.md").read_text(encoding="utf-8")
SHORT = "opens: 09:00\ncloses: 10:00\nagents: 3\nleads: 40\nanswers: 60\n"
CAMPAIGNS = """\
house:
  lines: 20
  rate: 20
tried:
  mode: ratio
  ratio: 1.5
  queue: cards
  lists: [people]
  law: uk
  message: fallback
  numbers: ["02079460000"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(TREE / "dialplans", tmp_path / "dialplans")
    (tmp_path / "dialplans" / "campaigns.yaml").write_text(CAMPAIGNS, encoding="utf-8")
    (tmp_path / "short.yaml").write_text(SHORT, encoding="utf-8")
    return tmp_path


def ran(folder: Path, *more: str, name: str = "tried") -> tuple[int, str]:
    words = ["campaign", "dry-run", name, "--dialplans", str(folder / "dialplans")]
    words += ["--people", str(folder / "short.yaml"), "--since", "2026-12-01", "--days", "1", "--draws", "2", *more]
    result = CliRunner().invoke(app, words, env={"LANG": "en"})
    return result.exit_code, f"{result.output}{result.exception or ''}"


def test_the_forecast_and_the_first_dials_are_told(folder: Path) -> None:
    code, out = ran(folder, "--show", "4")
    assert code == 0, out
    assert "tried (ratio, law uk): 40 leads, 2 draws" in out
    assert "talks with an agent" in out
    assert re.search(r"12-01 09:00:00 +made\.1 +\+99900000001 +1 +not called yet", out)


def test_the_same_as_one_document_and_the_same_again(folder: Path) -> None:
    first, again = (ran(folder, "--json", "--leads", "25")[1] for _ in range(2))
    told = json.loads(first)
    assert first == again
    assert told["forecast"]["draws"] == 2
    assert told["real_leads"] is False
    assert told["dials"][0]["why"] == "new"
    assert 0 < len(told["dials"]) <= 100


def test_hours_of_the_law_refuse_with_their_reason(folder: Path) -> None:
    (folder / "short.yaml").write_text(SHORT.replace("opens: 09:00\ncloses: 10:00", "opens: 22:30\ncloses: 23:30"))
    code, out = ran(folder, "--show", "2")
    assert code == 0, out
    assert "hours 40" in out
    assert "it is not a time for calls at the called place, asked again 12-02" in out


def test_imported_lists_are_called_as_they_stand(folder: Path) -> None:
    make_list(folder / "var" / "lists", "people", 7)
    config = folder / "switchroom.toml"
    config.write_text(f"[server]\ndata = '{folder / 'var'}'\ntimezone = 'Europe/London'\n", encoding="utf-8")
    code, out = ran(folder, "--json", "--config", str(config))
    assert code == 0, out
    told = json.loads(out)
    assert told["real_leads"] is True
    assert {dial["lead"] for dial in (*told["dials"], *told["refused"])} == {f"people.{row}" for row in range(2, 9)}


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("nobody", (), "There is no campaign nobody; there are: tried."),
        ("tried", ("--people", "strangers"), "There are no customers strangers"),
        ("tried", ("--since", "someday"), "someday"),
    ],
)
def test_what_is_not_there_is_said(folder: Path, name: str, more: tuple[str, ...], said: str) -> None:
    code, out = ran(folder, *more, name=name)
    assert code != 0
    assert said in out


def test_the_description_that_is_shipped_and_the_one_of_the_page_are_sound_and_show_every_key() -> None:
    shipped = (TREE / "dialplans" / "dry-runs" / "usual.yaml").read_bytes()
    (shown,) = re.findall(r"^```yaml usual\.yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for text in (shipped, shown.encode()):
        _, faults = parse_dry_text(text, "usual.yaml")
        assert not faults
    assert all(f"{key}:" in shown and f"`{key}`" in PAGE for key in KEYS)


def test_the_command_of_the_page_runs_and_prints_what_the_page_explains() -> None:
    (command,) = re.findall(r"^```sh\nswitchroom (.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)
    result = CliRunner().invoke(app, [*shlex.split(command), "--dialplans", str(TREE / "dialplans")])
    assert result.exit_code == 0, result.output
    rows = ("dials", "talking", "idle", "misheard")
    assert all(ENGLISH[f"dry.row.{row}"] in result.output for row in rows)
    assert "card-instalments (predictive, law cn): 60 leads" in result.output


def test_both_languages_say_the_same_things_of_dry_runs() -> None:
    assert ENGLISH.keys() == CHINESE.keys()
    for key, text in ENGLISH.items():
        assert sorted(re.findall(r"\{\w+", text)) == sorted(re.findall(r"\{\w+", CHINESE[key])), key
