"""`switchroom prompts`: what is listed, what is taken in and what is refused, with exit codes and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cti.sound import write_wav
from switchroom.cli import app

pytestmark = pytest.mark.unit

FLOW = """\
flow: hello
languages: [en, zh-CN]
start: hello

steps:
  hello:
    play: hello
    next: bye
  bye:
    hangup: normal
"""
FILES = {
    "numbers.yaml": "numbers:\n  700: hello\nfallback: hello\n",
    "calendars.yaml": "always:\n  zone: UTC\n  open:\n    daily: 00:00-24:00\n",
    "prompts/en.yaml": "hello: Hello.\nbye: Goodbye.\n",
    "prompts/zh-CN.yaml": "hello: 您好。\n",
    "queues.yaml": "line:\n  ring_for: 12s\n  wrap_up: 1s\n  misses: 9\n  record: false\n  target: 20s\n",
    "agents.yaml": "a:\n  name: A\n  phone: a\n  node: a1\n  queues: [line]\n  skills: {any: 1}\n  screen: none\n",
    "flows/hello.yaml": FLOW,
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch) -> Path:
    """A floor on a machine without any voice."""
    for name, text in FILES.items():
        (tmp_path / "dialplans" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dialplans" / name).write_text(text, encoding="utf-8")
    (tmp_path / "switchroom.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "no-programs"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "nothing-unpacked"))
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setattr("switchroom.commands.prompts.getpass.getuser", lambda: "ann")
    return tmp_path


def run(capsys, *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        app(["prompts", *words])
    return int(left.value.code or 0), capsys.readouterr().out


def recording(path: Path) -> str:
    write_wav(path, [3000, -3000] * 4000)
    return str(path)


def test_a_recording_is_taken_in_and_listed(site, capsys) -> None:
    code, told = run(capsys, "record-import", recording(site / "hello.wav"), "--language", "en", "--json")
    assert (code, json.loads(told)[0]["taken"]) == (0, True)
    code, told = run(capsys, "list", "--language", "en", "--state", "recorded", "--json")
    (row,) = json.loads(told)
    assert (code, row["name"], row["by"], row["text"]) == (0, "hello", "ann", "Hello.")


def test_a_refused_file_ends_in_code_1_and_the_others_are_taken(site, capsys) -> None:
    (site / "bye.wav").write_bytes(b"ID3 an mp3 in disguise")
    files = [recording(site / "hello.wav"), str(site / "bye.wav"), str(site / "nobody.wav"), str(site / "helo.wav")]
    code, told = run(capsys, "record-import", *files, "--language", "en")
    assert code == 1
    taken, disguised, unknown, _ = told.splitlines()
    assert "taken from" in taken
    assert "an mp3 file" in disguised
    assert "there is no prompt 'nobody'" in unknown
    assert "did you mean 'hello'" in told
    assert sorted(path.name for path in (site / "dialplans/recordings/en").iterdir()) == ["hello.json", "hello.wav"]


def test_status_names_what_cannot_be_played_and_what_is_stale(site, capsys) -> None:
    run(capsys, "record-import", recording(site / "hello.wav"), "--language", "en")
    prompts = site / "dialplans/prompts/en.yaml"
    prompts.write_text(prompts.read_text().replace("Hello.", "Good day."))
    code, told = run(capsys, "status")
    assert code == 1
    assert "stale; the recording says another text: Hello." in told
    assert "zh-CN bye: MISSING; it has no text in zh-CN" in told
    assert "zh-CN hello: AT FAULT; there is no speech program" in told


def test_everything_recorded_is_rendered_and_sound(site, capsys) -> None:
    for name, language in (("hello", "en"), ("bye", "en"), ("hello", "zh-CN")):
        run(capsys, "record-import", recording(site / "take.wav"), "--language", language, "--name", name)
    code, told = run(capsys, "render", "--json")
    made = json.loads(told)
    assert (code, made["prompts"], made["made"]) == (0, 3, 1), "three prompts of equal sound are one file"
    assert run(capsys, "render", "--json")[1].count('"made": 0') == 1


def test_what_cannot_be_rendered_is_told(site, capsys) -> None:
    code, told = run(capsys, "render")
    assert code == 1
    assert told.count("no voice for prompt") == 3


def test_a_recording_can_be_taken_away(site, capsys) -> None:
    run(capsys, "record-import", recording(site / "hello.wav"), "--language", "en")
    assert run(capsys, "record-drop", "hello", "--language", "en")[0] == 0
    code, told = run(capsys, "record-drop", "hello", "--language", "en", "--json")
    assert (code, json.loads(told)["dropped"]) == (1, False)
