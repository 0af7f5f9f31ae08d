"""Speech programs behind one interface: found, chosen by language, told clearly when missing, and really speaking."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cti.debian import Program
from cti.loudness import active_level
from cti.sound import NotSound
from cti.voices import kokoro
from cti.voices.choosing import VoicePlaces, Voices
from cti.voices.espeak import VOICES, Espeak
from cti.voices.kokoro import Kokoro
from cti.voices.voice import VoiceMissing, checked_file

pytestmark = pytest.mark.unit

# A speech program with the arguments of espeak-ng and flite: it speaks a loud tone, and notes what it was given.
SPEAKER = """\
#!/usr/bin/env python3
import array, math, sys, wave
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
if "--version" in sys.argv:
    print("speaker 1.0"); sys.exit()
text = open(arguments["-f"], encoding="utf-8").read()
open({log!r}, "a").write(arguments.get("-v", "") + "|" + text + chr(10))
if text == "mute":
    sys.stderr.write("cannot speak"); sys.exit(3)
with wave.open(arguments.get("-w") or arguments["-o"], "wb") as file:
    file.setparams((1, 2, 22050, 0, "NONE", ""))
    tone = (int(32767 * math.sin(n * 2 * math.pi * 440 / 22050)) for n in range(2205 * len(text)))
    file.writeframes(array.array("h", tone).tobytes())
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "spoken"


def install(folder: Path, name: str, log: Path) -> Path:
    program = folder / name
    program.write_text(SPEAKER.format(log=str(log)), encoding="utf-8")
    program.chmod(0o755)
    return program


def test_espeak_is_found_before_flite_and_flite_speaks_english_where_there_is_nothing_else(tmp_path, log) -> None:
    places = VoicePlaces(path=str(tmp_path))
    with pytest.raises(VoiceMissing, match="apt-get install espeak-ng"):
        Voices(places=places).of("en")
    install(tmp_path, "flite", log)
    assert Voices(places=places).of("en").mark("en").startswith("flite speaker 1.0")
    with pytest.raises(VoiceMissing, match="does not speak zh-CN"):
        Voices(places=places).of("zh-CN")
    install(tmp_path, "espeak-ng", log)
    assert Voices(places=places).of("zh-CN").mark("zh-CN").startswith("espeak-ng speaker 1.0 cmn-latn-pinyin")


def test_a_language_has_the_voice_that_was_chosen_for_it(tmp_path, log) -> None:
    for name in ("espeak-ng", "flite"):
        install(tmp_path, name, log)
    voices = Voices({"en": "flite"}, VoicePlaces(path=str(tmp_path)))
    assert voices.of("en").mark("en").startswith("flite")
    assert voices.of("en-GB").mark("en-GB").startswith("flite")
    assert voices.of("zh-CN").mark("zh-CN").startswith("espeak-ng")


@pytest.mark.parametrize(
    ("language", "word", "told"),
    [
        ("en", "piper", "pip install piper-tts==1.8.0"),
        ("zh-CN", "kokoro", "pip install onnxruntime"),
        ("zh-CN", "kokoro:nobody", "choose one of zf_xiaobei"),
        ("en", "somebody", "choose one of auto"),
    ],
)
def test_a_voice_that_is_not_installed_is_told_with_what_to_do(tmp_path, language, word, told) -> None:
    bare = tmp_path / "python"
    bare.write_text("#!/bin/sh\nexit 1\n")
    bare.chmod(0o755)
    with pytest.raises(VoiceMissing, match=told):
        Voices({language: word}, VoicePlaces(python=str(bare))).of(language)


def test_a_program_speaks_and_one_that_fails_is_told_with_its_own_words(tmp_path, log) -> None:
    install(tmp_path, "espeak-ng", log)
    voice = Espeak.find(str(tmp_path))
    rate, samples = voice.speak("hello", "en")
    assert (rate, len(samples)) == (22050, 2205 * 5)
    assert log.read_text(encoding="utf-8") == "en-us|hello\n"
    with pytest.raises(NotSound, match="code 3: cannot speak"):
        voice.speak("mute", "en")


def test_a_text_is_never_taken_for_an_option(tmp_path, log) -> None:
    install(tmp_path, "espeak-ng", log)
    Espeak.find(str(tmp_path)).speak("--version; rm -rf $HOME", "en")
    assert log.read_text(encoding="utf-8") == "en-us|--version; rm -rf $HOME\n"


def test_the_program_that_set_up_unpacked_is_found_where_none_is_installed(monkeypatch, tmp_path) -> None:
    said = tmp_path / "loader"
    said.write_text("#!/bin/sh\necho eSpeak NG text-to-speech: 1.51\n")
    said.chmod(0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    words = (str(said), "--library-path", "libs", "espeak-ng", "--path=there")
    monkeypatch.setattr("cti.voices.espeak.unpacked_program", lambda package, binary: Program(words))
    found = Espeak.find()
    assert found.start == words
    assert tuple(found.command("en", tmp_path / "t", tmp_path / "s")[:5]) == words


def test_a_file_that_is_not_the_pinned_one_is_refused(tmp_path) -> None:
    (tmp_path / "model").write_bytes(b"another model")
    with pytest.raises(VoiceMissing, match="SHA-256"):
        checked_file(tmp_path / "model", "0" * 64, "the voice")
    with pytest.raises(VoiceMissing, match="cannot be read"):
        checked_file(tmp_path / "none", "0" * 64, "the voice")


# ── the process that speaks with kokoro ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def speaker(tmp_path, monkeypatch):
    """A kokoro whose process is ours: it says `ready`, and what it is told to."""

    def make(answer: str) -> Kokoro:
        script = tmp_path / "speaker.py"
        script.write_text(
            "import json, sys, wave\nprint('ready', flush=True)\n"
            "for line in sys.stdin:\n"
            "    with wave.open(json.loads(line)['file'], 'wb') as file:\n"
            "        file.setparams((1, 2, 24000, 0, 'NONE', '')); file.writeframes(bytes(4800))\n"
            f"    print({answer!r}, flush=True)\n"
        )
        monkeypatch.setattr(kokoro, "_SPEAKER", script)
        return Kokoro(sys.executable, "zm_yunxi", (), tmp_path / "style")

    return make


def test_kokoro_speaks_text_after_text_from_one_process(speaker) -> None:
    voice = speaker("ok")
    assert [len(voice.speak(text, "zh-CN")[1]) for text in ("一", "二")] == [2400, 2400]
    voice.close()
    assert voice.speak("三", "zh-CN")[0] == 24000, "closed means only that its process has ended"
    voice.close()


def test_a_fault_of_kokoro_is_told_and_the_next_text_has_a_new_process(speaker) -> None:
    voice = speaker("IndexError: too long")
    for _ in range(2):
        with pytest.raises(NotSound, match="IndexError: too long"):
            voice.speak("一", "zh-CN")
    voice.close()


def test_kokoro_whose_process_dies_is_told(tmp_path, monkeypatch) -> None:
    script = tmp_path / "speaker.py"
    script.write_text("print('kokoro has SHA-256 12, not 34 as pinned')\n")
    monkeypatch.setattr(kokoro, "_SPEAKER", script)
    with pytest.raises(NotSound, match="as pinned"):
        Kokoro(sys.executable, "zm_yunxi", (), tmp_path / "style").speak("一", "zh-CN")


# ── the voices of this machine ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="no espeak-ng on this machine")
def test_espeak_speaks_english_and_not_the_spelling_of_mandarin() -> None:
    """The voice `cmn` of 1.51 reads the spelling of each syllable as English, marked (en) in its phonemes."""
    rate, samples = Espeak.find().speak("Welcome to the card hotline.", "en")
    assert 1.0 < len(samples) / rate < 5.0
    assert active_level(samples) > -30
    command = ["espeak-ng", "-v", VOICES["zh-CN"], "-q", "-x", "人工服务请按0。"]
    phonemes = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  fixed words
    assert phonemes.strip()
    assert "(en)" not in phonemes


@pytest.mark.skipif(shutil.which("flite") is None, reason="no flite on this machine")
def test_flite_speaks_english() -> None:
    rate, samples = Voices({"en": "flite"}).of("en").speak("Welcome to the card hotline.", "en")
    assert 1.0 < len(samples) / rate < 5.0
    assert active_level(samples) > -30


EXTRAS = "SWITCHROOM_TEST_VOICES"  # {"python": ..., "kokoro_voices": ...}, where the good voices are installed


@pytest.mark.parametrize(("word", "language", "text"), [
    ("piper", "en", "Welcome to Switchroom Bank."),
    ("kokoro:af_heart", "en", "Welcome to Switchroom Bank."),
    ("kokoro:zm_yunxi", "zh-CN", "人工服务请按0。"),
])  # fmt: skip
def test_the_good_voices_speak_where_they_are_installed(word, language, text) -> None:
    given = json.loads(os.environ.get(EXTRAS, "{}"))
    places = VoicePlaces(given.get("python", ""), Path(given["kokoro_voices"]) if "kokoro_voices" in given else None)
    voices = Voices({language: word}, places)
    try:
        voice = voices.of(language)
    except VoiceMissing as missing:
        pytest.skip(f"{missing.problem}; name where it is in {EXTRAS}")
    try:
        rate, samples = voice.speak(text, language)
    finally:
        voices.close()
    assert 0.8 < len(samples) / rate < 5.0
    assert active_level(samples) > -35
