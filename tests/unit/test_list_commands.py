"""`switchroom list ...` and docs/outbound-lists.md: commands run, print what the page says, and end in their codes."""

import csv
import io
import json
import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest
from list_world import begun, ended, said
from typer.testing import CliRunner

from journal.store import Journal
from outbound.listing.faults import Why
from switchroom.cli import app
from switchroom.commands.answers import UsageError
from switchroom.commands.cells import csv_of
from switchroom.list_reasons import REASONS, reason_of

pytestmark = pytest.mark.unit

TREE = Path(__file__).parents[2]
PAGE = (TREE / "docs" / "outbound-lists.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A house with a journal, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGUAGE", "en")
    (tmp_path / "switchroom.toml").write_text('[server]\ndata = "var"\ntimezone = "Asia/Shanghai"\n', encoding="utf-8")
    (tmp_path / "var").mkdir()
    return tmp_path


def run(*words, code=0):
    done = CliRunner().invoke(app, [*words, "--config", "switchroom.toml"])
    if isinstance(done.exception, UsageError):
        return str(done.exception)
    assert done.exit_code == code, done.output
    return done.output


def dialled():
    """What the page tells of: one person was reached, the other not."""
    journal = Journal.open("sqlite:///var/journal.db", holder="test", now=1.0)
    journal.append(
        [
            begun("D1", "december.2", number="+8613812345678"),
            said("D1", "december.2", "sold"),
            ended("D1", "december.2", "connected", 0.0, number="+8613812345678"),
            begun("D2", "december.4", number="+8613812345679"),
            ended("D2", "december.4", "no_answer", 9e9, number="+8613812345679"),
        ]
    )
    journal.close()


def plain(text):
    """Lines without the blanks that only set columns apart."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def test_the_page_does_what_it_says(house):
    blocks = BLOCK.findall(PAGE)
    ((_, name, text),) = [block for block in blocks if block[0] == "csv"]
    (house / name).write_text(text, encoding="utf-8")
    shells = [block for block in blocks if block[0] == "sh"]
    assert len(shells) == 7
    for (kind, _, text), (after, _, printed) in pairwise([*blocks, ("", "", "")]):
        if kind != "sh":
            continue
        words = shlex.split(text)
        assert words[0] == "switchroom"
        if "show" in words:
            dialled()
        out = "\n".join(plain(run(*words[1:])))
        for line in plain(printed) if after == "text" else ():
            assert line in out
    with (house / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["outcome"], first["result"], first["state"]) == ("connected", "sold", "ended")
    assert (second["outcome"], second["state"]) == ("no_answer", "waiting")
    assert first["余额"] == "'=SUM(1)"
    with (house / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        rejects = list(csv.DictReader(file))
    assert tuple(rejects[0][key] for key in ("row", "column", "原因")) == ("3", "手机号", "电话号码只能是数字")
    assert rejects[0]["姓名"] == "李娜"


def test_what_was_exported_comes_in_again_as_it_was(house):
    (house / "a.csv").write_text("phone,name,note\n13812345678,=cmd(),@x\n", encoding="utf-8")
    run("list", "import", "a.csv", "--name", "one", "--region", "CN")
    run("list", "export", "one", "--out", "b.csv")
    assert '\n"=' not in (house / "b.csv").read_text(encoding="utf-8-sig")
    told = json.loads(run("list", "import", "b.csv", "--name", "two", "--region", "CN", "--json"))
    assert (told["good"], told["bad"], told["imported"]) == (1, 0, True)


def test_codes_say_whether_anything_came_in(house):
    (house / "a.csv").write_text("phone\n13812345678\nx\n", encoding="utf-8")
    (house / "bad.csv").write_text("phone,name\nx,y\n", encoding="utf-8")
    words = ("list", "import", "a.csv", "--region", "CN", "--name")
    run(*words, "jan", "--strict", code=1)
    assert json.loads(run(*words, "jan", "--dry-run", "--json"))["imported"] is False
    run(*words, "jan", "--dry-run", "--strict", code=1)
    run("list", "import", "bad.csv", "--region", "CN", "--name", "jan", code=1)
    assert json.loads(run("list", "show", "--json"))["lists"] == []
    run(*words, "jan")
    run("list", "drop", "jan", code=1)
    assert json.loads(run("list", "show", "--json"))["lists"][0]["good"] == 1
    assert json.loads(run("list", "rejects", "jan", "--json"))[0]["why"] == "letters"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("import", "none.csv", "--name", "jan"), "none.csv cannot be read"),
        (("import", "a.csv", "--name", "Jan"), "cannot name a list"),
        (("import", "a.csv", "--name", "jan", "--region", "ZZ"), "is no region"),
        (("import", "a.csv", "--name", "jan", "--zone", "Mars/X"), "no time zone"),
        (("import", "a.csv", "--name", "jan", "--encoding", "x"), "no encoding"),
        (("import", "a.csv", "--name", "jan", "--map", "name=zz"), "no column 'zz'"),
        (("import", "a.csv", "--name", "jan", "--map", "zz=phone"), "can be"),
        (("import", "a.csv", "--name", "jan", "--map", "phone"), "not to be understood"),
        (("import", "a.csv", "--name", "jan", "--map", "name=phone", "--map", "number=phone"), "second time"),
        (("import", "a.csv", "--name", "jan", "--map", "name=phone"), "the telephone number"),
        (("import", "a.csv", "--name", "jan", "--without", "dec"), "no list dec"),
        (("import", "empty.csv", "--name", "jan"), "is empty"),
        (("import", "old.xls", "--name", "jan"), "old .xls"),
        (("import", "cut.xlsx", "--name", "jan"), "damaged"),
        (("show", "jan"), "no list jan"),
        (("export",), "name a list"),
        (("rerun", "--campaign", "cards", "--outcome", "lost", "--name", "jan"), "no outcome"),
    ],
)
def test_whatever_cannot_be_is_told_in_a_sentence(house, words, told):
    (house / "a.csv").write_text("phone\n13812345678\n", encoding="utf-8")
    (house / "empty.csv").write_text("", encoding="utf-8")
    (house / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    (house / "cut.xlsx").write_bytes(b"PK\x03\x04cut")
    assert told in run("list", *words)


def test_a_journey_is_everybodys_whole_way_and_nobodys_is_code_1(house):
    dialled()
    told = json.loads(run("list", "journey", "Pdecember.2", "--json"))
    assert [(one["contact"], one["outcome"], one["result"], one["rules"]) for one in told] == [
        ("D1", "connected", "sold", "cn-1")
    ]
    run("list", "journey", "13900000000", code=1)


def test_a_number_leads_to_the_person_and_so_to_his_other_numbers(house):
    journal = Journal.open("sqlite:///var/journal.db", holder="test", now=1.0)
    journal.append(
        [begun("D9", "jan.2", number="+861065551234", at=5.0), begun("D10", "jan.2", number="+8613812345678")]
    )
    journal.close()
    told = json.loads(run("list", "journey", "010-65551234", "--json"))
    assert [one["contact"] for one in told] == ["D9", "D10"]


def test_rerun_takes_whom_nobody_reached_and_says_so_when_there_is_nobody(house):
    (house / "a.csv").write_text("x\n\nphone\n", encoding="utf-8")
    run("list", "rerun", "--campaign", "cards", "--outcome", "busy", "--name", "again", code=1)


def test_every_reason_has_words_in_both_languages_and_an_unknown_one_stands_for_itself():
    assert set(REASONS) == set(Why)
    for why in Why:
        english, chinese = (reason_of(why, "7", chinese=one) for one in (False, True))
        assert english.isascii()
        assert not chinese.isascii()
        assert "{" not in english + chinese
    assert reason_of("of a later version", chinese=False) == "of a later version"


@pytest.mark.parametrize("start", "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
def test_no_cell_of_an_export_is_a_formula(start):
    head, cell = csv.reader(io.StringIO(csv_of((f"{start}h",), [(f"{start}1+1",)]), newline=""))
    assert (head, cell) == ([f"'{start}h"], [f"'{start}1+1"])
