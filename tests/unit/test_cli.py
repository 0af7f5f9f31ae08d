"""The command line: what it imports, what it says in two languages, its exit codes, and that docs tell the truth."""

import json
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from switchroom import words_en, words_zh
from switchroom.cli import app
from switchroom.commands.answers import Code, OutsideError, UsageError, told
from switchroom.commands.moments import MomentError, moment, zone_of
from switchroom.config_faults import ConfigError, Fault
from switchroom.words import terminal_language

pytestmark = pytest.mark.unit

TREE = Path(__file__).parents[2]
HEAVY = ("aiohttp", "sqlalchemy", "pydantic", "pyVoIP", "structlog", "yaml", "panoramisk", "asyncio")


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en")


def commands() -> dict[str, object]:
    """Return each command by its words, as click knows it."""
    found: dict[str, object] = {}

    def walk(group, before):
        for name, command in group.commands.items():
            path = f"{before} {name}".strip()
            if getattr(command, "commands", None):
                walk(command, path)
            if not getattr(command, "commands", None) or command.invoke_without_command:
                found[path] = command

    walk(typer.main.get_command(app), "")
    return found


def run(*words: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    program = "from switchroom.cli import main; main()"
    return subprocess.run(  # noqa: S603  our own interpreter runs our own program
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"LANGUAGE": "en", "PATH": "/usr/bin:/bin", "HOME": str(TREE), **(environ or {})},
    )


@pytest.mark.parametrize("words", [["--help"], ["demo", "--help"], ["asterisk", "start", "--help"]])
def test_help_imports_nothing_heavy(words):
    # typer itself asks pydantic about the options of a command, but not of the whole.
    heavy = [name for name in HEAVY if name != "pydantic" or len(words) == 1]
    program = f"""
import sys
from switchroom.cli import app
try:
    app({words!r})
except SystemExit as leaving:
    assert leaving.code == 0
print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run(  # noqa: S603  our own interpreter runs our own program
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr.strip() == "[]"
    assert "Exit codes" in done.stdout


def test_both_languages_have_the_same_sentences_with_the_same_blanks():
    def blanks(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert set(words_en.WORDS) == set(words_zh.WORDS)
    for key, english in words_en.WORDS.items():
        assert blanks(english) == blanks(words_zh.WORDS[key]), key


def test_every_sentence_that_is_said_exists_and_every_one_that_exists_is_said():
    said, shapes = set(), set()
    for path in (TREE / "switchroom").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        said |= set(re.findall(r"say\(\s*['\"]([a-z0-9_.]+)['\"]", text)) | set(
            re.findall(r'"([a-z]+\.[a-z_.]+)" if ', text)
        )
        said |= {f"doctor.{name}" for name in re.findall(r'well\("([a-z]+)"', text)}
        for name, kind in re.findall(r'ill\("([a-z]+)", State\.[A-Z]+, "([a-z]+)"', text):
            said |= {f"doctor.{name}.{kind}", f"doctor.{name}.{kind}.remedy"}
        found = re.findall(r'say\(f"((?:config|campaign|dry)\.[^"]+)"', text)
        shapes |= {re.sub(r"\{[a-z]+\}", "[a-z_]+", shape) for shape in found}
    missing = said - set(words_en.WORDS)
    assert not missing
    unsaid = [key for key in set(words_en.WORDS) - said if not any(re.fullmatch(one, key) for one in shapes)]
    unsaid = [key for key in unsaid if not key.startswith("asterisk.")]  # two are chosen by what was found
    assert not unsaid


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_US", "LC_ALL": "zh_CN"}, "zh"),
        ({"LANG": "zh_CN", "LANGUAGE": "en"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_the_terminals(monkeypatch, environ, language):
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert terminal_language() == language


def test_help_speaks_chinese_whole():
    done = run("demo", "--help", environ={"LANGUAGE": "zh_CN"})
    assert words_zh.WORDS["demo.json"] in done.stdout
    assert "退出码" in done.stdout


def test_the_documentation_names_every_command_and_every_option():
    text = (TREE / "docs" / "command-line.md").read_text(encoding="utf-8")
    parts = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    for path, command in commands().items():
        first, last = path.split(" ")[0], path.split(" ")[-1]
        its = [part for part in parts if part.startswith(f"`switchroom {first}")]
        part = next((part for part in its if last in part.splitlines()[0]), its[0] if its else None)
        assert part is not None, f"{path} is not in docs/command-line.md"
        assert last in part.splitlines()[0] or f"`{last}`" in part.splitlines()[0], path
        for option in command.params:
            for word in (*option.opts, *option.secondary_opts):
                if word.startswith("--") and word != "--help":
                    assert f"`{word}`" in part, f"{path} {word} is not in docs/command-line.md"


def test_the_documentation_names_no_option_that_is_not_there():
    text = (TREE / "docs" / "command-line.md").read_text(encoding="utf-8")
    known = {word for command in commands().values() for one in command.params for word in one.opts}
    known |= {word for command in commands().values() for one in command.params for word in one.secondary_opts}
    assert set(re.findall(r"`(--[a-z-]+)`", text)) <= known


def test_the_documented_exit_codes_are_the_ones_we_use():
    text = (TREE / "docs" / "command-line.md").read_text(encoding="utf-8")
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", text, flags=re.MULTILINE)}
    assert codes == {code.value for code in Code}


def test_wrong_usage_is_2():
    assert CliRunner().invoke(app, ["demo", "--for", "soon"]).exit_code == 2
    assert CliRunner().invoke(app, ["no-such-command"]).exit_code == 2


def test_a_faulty_configuration_is_2_and_told_whole_before_anything_starts(tmp_path):
    file = tmp_path / "faulty.toml"
    file.write_text("[http]\nport = 0\nprt = 1\n")
    done = run("serve", "--config", str(file))
    assert done.returncode == 2
    assert "http.port (faulty.toml:2)" in done.stderr
    assert "did you mean port?" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_journal_is_3(tmp_path):
    file = tmp_path / "switchroom.toml"
    file.write_text("")
    done = run("report", "--config", str(file))
    assert done.returncode == 3
    assert "->" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unreadable_moment_is_2(tmp_path):
    file = tmp_path / "switchroom.toml"
    file.write_text("")
    done = run("report", "--since", "soonish", "--config", str(file))
    assert done.returncode == 2
    assert "soonish" in done.stderr


def test_check_answers_with_faults_as_json(tmp_path):
    done = run("check", str(tmp_path), "--json")
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert not answer["sound"]
    assert {"file", "line", "column", "message"} <= set(answer["faults"][0])


def test_check_is_content_with_what_we_ship():
    done = run("check", str(TREE / "dialplans"))
    assert (done.returncode, done.stderr) == (0, "")


def test_settings_are_shown_with_origin_and_without_a_password(tmp_path):
    file = tmp_path / "switchroom.toml"
    file.write_text('[journal]\nurl = "postgresql://u:hunter2@db/x"\n')
    file.chmod(0o600)
    done = run("doctor", "--settings", "--json", "--config", str(file), environ={"SWITCHROOM_HTTP__PORT": "8099"})
    assert done.returncode == 0
    assert "hunter2" not in done.stdout
    rows = {row["key"]: row for row in json.loads(done.stdout)}
    assert rows["http.port"] == {"key": "http.port", "value": 8099, "origin": "SWITCHROOM_HTTP__PORT"}
    assert rows["journal.url"]["origin"] == "switchroom.toml:2"
    assert rows["agi.port"]["origin"] == "default"


def test_foreseen_faults_have_their_codes_and_others_are_not_hidden(capsys):
    assert told(ConfigError((Fault("http.port", "is odd", "make it even"),))) == Code.USAGE
    assert told(UsageError("no")) == Code.USAGE
    assert told(OutsideError("gone", "bring it back")) == Code.OUTSIDE
    assert "bring it back" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        told(ZeroDivisionError())


NOON = 1_795_262_400.0  # 2026-11-21 12:00 UTC, 20:00 in Shanghai


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("now", 0),
        ("-90s", -90),
        ("-1.5h", -5400),
        ("today", -20 * 3600),
        ("08:30", -11.5 * 3600),
        ("yesterday 08:30", -35.5 * 3600),
        ("2026-11-21", -20 * 3600),
        ("2026-11-21T20:00", 0),
        ("2026-11-21T12:00:00Z", 0),
        ("2026-11-21 12:00+00:00", 0),
    ],
)
def test_moments_are_read_in_the_configured_zone(text, seconds):
    assert moment(text, NOON, zone_of("Asia/Shanghai")) == NOON + seconds


@pytest.mark.parametrize("text", ["", "soon", "25:00", "yesterday noon", "-5", "2026-13-01", "today today"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(MomentError):
        moment(text, NOON, zone_of("UTC"))
