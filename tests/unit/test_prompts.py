"""Prompts: named by content, whole or not there, never clipping, a person's recording first, clear when no voice is."""

from __future__ import annotations

import array
import math
import shutil
import stat
import subprocess
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cti.debian import Program
from cti.prompts import ESPEAK_VOICES, Engine, PromptError, find_engine, render_prompts, runs_of
from cti.sound import LEVEL, NotSound, read_wav, telephone_sound, trimmed, write_wav

pytestmark = pytest.mark.unit

SPEAKER = """\
#!/usr/bin/env python3
import array, math, sys, wave
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
text = open(arguments["-f"], encoding="utf-8").read()
open({log!r}, "a").write(arguments["-v"] + "|" + text + chr(10))
if text == "mute":
    sys.stderr.write("cannot speak"); sys.exit(3)
with wave.open(arguments["-w"], "wb") as file:
    file.setparams((1, 2, 22050, 0, "NONE", ""))
    tone = (int(32767 * math.sin(n * 2 * math.pi * 440 / 22050)) for n in range(2205 * len(text)))
    file.writeframes(array.array("h", tone).tobytes())
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "spoken"


@pytest.fixture
def engine(tmp_path: Path, log: Path) -> Engine:
    """A program that takes the arguments of espeak-ng and speaks a loud tone."""
    program = tmp_path / "espeak-ng"
    program.write_text(SPEAKER.format(log=str(log)), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return Engine("espeak-ng", str(program), "1.0")


def samples_of(path: str) -> array.array[int]:
    with wave.open(f"{path}.wav", "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        return array.array("h", file.readframes(file.getnframes()))


def tone(rate: int, hertz: float, seconds: float, height: int = 20000) -> tuple[int, list[int]]:
    return rate, [round(height * math.sin(2 * math.pi * hertz * n / rate)) for n in range(int(rate * seconds))]


def strength(samples: list[int] | array.array[int], hertz: float, rate: int = 8000) -> float:
    """The height of one frequency in the samples."""
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    real = sum(s * math.cos(2 * math.pi * hertz * n / rate) for n, s in enumerate(middle))
    imaginary = sum(s * math.sin(2 * math.pi * hertz * n / rate) for n, s in enumerate(middle))
    return 2 * math.hypot(real, imaginary) / len(middle)


def test_a_prompt_becomes_a_telephone_sound_named_by_its_content(tmp_path: Path, engine: Engine, log: Path) -> None:
    catalogue = {("hello", "en"): "hello you", ("hello", "zh-CN"): "您好", ("same", "en"): "hello you"}
    paths = render_prompts(catalogue, tmp_path / "cache", engine)
    assert set(paths) == set(catalogue)
    assert paths["hello", "en"] == paths["same", "en"] != paths["hello", "zh-CN"]
    assert not paths["hello", "en"].endswith(".wav")
    samples = samples_of(paths["hello", "en"])
    assert 0.85 < len(samples) / 8000 < 1.2
    assert max(map(abs, samples)) <= round(LEVEL * 32767) + 1
    assert strength(samples, 440) > 0.9 * LEVEL * 32767
    assert "en-us|hello you" in log.read_text(encoding="utf-8")


def test_what_is_there_is_not_spoken_again_and_a_changed_text_is(tmp_path: Path, engine: Engine, log: Path) -> None:
    cache = tmp_path / "cache"
    first = render_prompts({("a", "en"): "one", ("b", "en"): "two"}, cache, engine)
    second = render_prompts({("a", "en"): "one", ("b", "en"): "three"}, cache, engine)
    assert first["a", "en"] == second["a", "en"]
    assert first["b", "en"] != second["b", "en"]
    assert Path(first["b", "en"] + ".wav").exists(), "a call in progress may still play the old text"
    assert sorted(log.read_text(encoding="utf-8").split()) == ["en-us|one", "en-us|three", "en-us|two"]


def test_another_version_of_the_engine_speaks_anew(tmp_path: Path, engine: Engine) -> None:
    newer = Engine(engine.name, engine.program, "1.1")
    old = render_prompts({("a", "en"): "one"}, tmp_path / "cache", engine)
    assert render_prompts({("a", "en"): "one"}, tmp_path / "cache", newer) != old


def test_many_at_once_leave_whole_files_and_no_parts(tmp_path: Path, engine: Engine) -> None:
    cache = tmp_path / "cache"
    catalogue = {(f"p{n % 3}", "en"): f"text {n % 3}" for n in range(6)}
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: render_prompts(catalogue, cache, engine), range(4)))
    assert all(result == results[0] for result in results)
    assert len(list(cache.iterdir())) == 3
    assert all(len(samples_of(path)) > 1000 for path in results[0].values())


def test_a_recording_by_a_person_comes_first(tmp_path: Path, engine: Engine, log: Path) -> None:
    recorded = tmp_path / "recorded"
    (recorded / "en").mkdir(parents=True)
    with wave.open(str(recorded / "en" / "hello.wav"), "wb") as file:
        file.setparams((2, 2, 48000, 0, "NONE", ""))
        _, mono = tone(48000, 1000, 0.5, height=9000)
        file.writeframes(array.array("h", [sample for sample in mono for _ in range(2)]).tobytes())
    catalogue = {("hello", "en"): "hello", ("other", "en"): "other"}
    paths = render_prompts(catalogue, tmp_path / "cache", engine, recorded)
    assert abs(strength(samples_of(paths["hello", "en"]), 1000) - 9000) < 300, "its level is kept"
    assert log.read_text(encoding="utf-8").split() == ["en-us|other"]
    assert render_prompts({("hello", "en"): "hello"}, tmp_path / "cache", None, recorded)


def test_a_recording_that_is_no_wav_is_told_with_its_file(tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "hello.wav").write_bytes(b"ID3 an mp3 in disguise")
    with pytest.raises(PromptError, match=r"hello\.wav: not a WAV file"):
        render_prompts({("hello", "en"): "hello"}, tmp_path / "cache", engine, tmp_path)


def test_no_voice_is_told_with_the_remedy_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="apt-get install espeak-ng"):
        render_prompts({("hello", "en"): "hello"}, tmp_path / "cache", None)
    flite = Engine("flite", "/nowhere/flite", "2", ("en",))
    with pytest.raises(PromptError, match="no voice for prompt 'hello' in zh-CN"):
        render_prompts({("a", "en"): "a", ("hello", "zh-CN"): "您好"}, tmp_path / "cache", flite)
    assert not (tmp_path / "cache").exists()


def test_an_engine_that_fails_is_told_with_its_own_words(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(PromptError, match=r"prompt 'hello' in en: .*code 3: cannot speak"):
        render_prompts({("hello", "en"): "mute"}, tmp_path / "cache", engine)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_text_is_never_taken_for_an_option(tmp_path: Path, engine: Engine, log: Path) -> None:
    render_prompts({("hello", "en"): "--version; rm -rf $HOME"}, tmp_path / "cache", engine)
    assert log.read_text(encoding="utf-8") == "en-us|--version; rm -rf $HOME\n"


def test_english_words_in_a_chinese_text_are_spoken_by_an_english_voice() -> None:
    assert runs_of("欢迎致电 Switchroom 银行。中文服务请按1。For English, press 2.", "zh-CN") == [
        ("欢迎致电 ", "zh-CN"),
        ("Switchroom ", "en"),
        ("银行。中文服务请按1。", "zh-CN"),
        ("For English, press 2.", "en"),
    ]
    assert runs_of("您好。", "zh-CN") == [("您好。", "zh-CN")]
    assert runs_of("Hello 您好", "en") == [("Hello 您好", "en")]


def test_engines_are_found_in_their_order(tmp_path: Path, engine: Engine) -> None:
    assert find_engine(str(tmp_path / "empty")) is None
    found = find_engine(str(tmp_path))
    assert found is not None
    assert (found.name, found.program) == ("espeak-ng", engine.program)


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
def test_resampling_keeps_length_pitch_and_silence_above_the_telephone_band(rate: int) -> None:
    kept = telephone_sound(tone(rate, 1000, 0.5), level=None)
    assert abs(len(kept) - 4000) <= 2
    assert abs(strength(list(kept), 1000) - 20000) < 600
    if rate > 12000:
        folded = telephone_sound(tone(rate, 5000, 0.5), level=None)
        assert strength(list(folded), 3000) < 200, "5 kHz must not fold down to 3 kHz"


def test_silence_at_the_ends_is_trimmed_and_silence_itself_survives() -> None:
    rate, samples = tone(8000, 500, 0.5)
    assert len(trimmed((rate, [0] * 4000 + samples + [0] * 9000))[1]) in range(5500, 5620)
    assert telephone_sound(trimmed((8000, [0] * 100)))[:] == array.array("h", [0] * 100)


@pytest.mark.parametrize(("width", "frames", "why"), [(1, b"\x80" * 80, "8 bit"), (2, b"", "holds no sound")])
def test_a_wav_that_we_cannot_use_says_why(tmp_path: Path, width: int, frames: bytes, why: str) -> None:
    path = tmp_path / "x.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, width, 8000, 0, "NONE", ""))
        file.writeframes(frames)
    with pytest.raises(NotSound, match=why):
        read_wav(path)


def test_a_broken_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OverflowError):
        write_wav(tmp_path / "x.wav", [99999])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(find_engine() is None, reason="no speech program on this machine")
def test_the_speech_program_of_this_machine_speaks_english(tmp_path: Path) -> None:
    paths = render_prompts({("hello", "en"): "Welcome to the card hotline."}, tmp_path, find_engine())
    samples = samples_of(paths["hello", "en"])
    assert 1.0 < len(samples) / 8000 < 5.0
    assert max(map(abs, samples)) > 0.5 * 32767


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="no espeak-ng on this machine")
def test_the_chosen_voice_speaks_mandarin_and_not_its_spelling() -> None:
    """The voice `cmn` of 1.51 reads the spelling of each syllable as English, marked (en) in its phonemes."""
    command = ["espeak-ng", "-v", ESPEAK_VOICES["zh-CN"], "-q", "-x", "人工服务请按0。"]
    phonemes = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  fixed words
    assert phonemes.strip()
    assert "(en)" not in phonemes


def test_the_program_that_set_up_unpacked_is_found_where_none_is_installed(monkeypatch, tmp_path):
    said = tmp_path / "loader"
    said.write_text("#!/bin/sh\necho eSpeak NG text-to-speech: 1.51\n")
    said.chmod(0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    words = (str(said), "--library-path", "libs", "espeak-ng", "--path=there")
    monkeypatch.setattr("cti.prompts.unpacked_program", lambda package, binary: Program(words))
    found = find_engine()
    assert found is not None
    assert (found.name, found.start) == ("espeak-ng", words)
    assert tuple(found.command("en", tmp_path / "t", tmp_path / "s")[:5]) == words
