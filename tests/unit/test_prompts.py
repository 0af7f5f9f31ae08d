"""Prompts: named by content, whole or not there, equally loud, a person's recording first, clear when no voice is."""

from __future__ import annotations

import array
import math
import wave
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cti.loudness import HIGHEST_PEAK, TARGET, active_level, levelled, peak
from cti.prompts import PromptError, Prompts, render_prompts, runs_of
from cti.recorded import Recorded
from cti.sound import NotSound, read_wav, telephone_sound, trimmed, write_wav
from cti.voices.choosing import VoicePlaces, Voices
from cti.voices.voice import VoiceMissing

pytestmark = pytest.mark.unit


def tone(rate: int, hertz: float, seconds: float, height: int = 20000) -> tuple[int, list[int]]:
    return rate, [round(height * math.sin(2 * math.pi * hertz * n / rate)) for n in range(int(rate * seconds))]


@dataclass
class Hummer:
    """A voice that hums for a tenth of a second a letter."""

    version: str = "1.0"
    languages: tuple[str, ...] = ("en", "zh")
    spoken: list[str] = field(default_factory=list)

    def mark(self, language: str) -> str:
        return f"hummer {self.version} {language}"

    def speaks(self, language: str) -> bool:
        return language.partition("-")[0] in self.languages

    def speak(self, text: str, language: str) -> tuple[int, list[int]]:
        self.spoken.append(f"{language}|{text}")
        if text == "mute":
            raise NotSound("ended with code 3: cannot speak")
        return tone(22050, 440, 0.1 * len(text))

    def close(self) -> None:
        """Nothing stays open."""


@dataclass(frozen=True)
class OneVoice(Voices):
    voice: Hummer = field(default_factory=Hummer)

    def of(self, language: str) -> Hummer:
        if not self.voice.speaks(language):
            raise VoiceMissing(f"nobody speaks {language}", "hire somebody")
        return self.voice


@pytest.fixture
def hummer() -> Hummer:
    return Hummer()


@pytest.fixture
def voices(hummer: Hummer) -> Voices:
    return OneVoice(voice=hummer)


def samples_of(path: str) -> array.array[int]:
    with wave.open(f"{path}.wav", "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        return array.array("h", file.readframes(file.getnframes()))


def strength(samples: list[int] | array.array[int], hertz: float, rate: int = 8000) -> float:
    """The height of one frequency in the samples."""
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    real = sum(s * math.cos(2 * math.pi * hertz * n / rate) for n, s in enumerate(middle))
    imaginary = sum(s * math.sin(2 * math.pi * hertz * n / rate) for n, s in enumerate(middle))
    return 2 * math.hypot(real, imaginary) / len(middle)


def test_a_prompt_becomes_a_telephone_sound_named_by_its_content(tmp_path: Path, voices, hummer) -> None:
    catalogue = {("hello", "en"): "hello you", ("hello", "zh-CN"): "您好", ("same", "en"): "hello you"}
    paths = render_prompts(catalogue, tmp_path / "cache", voices)
    assert set(paths) == set(catalogue)
    assert paths["hello", "en"] == paths["same", "en"] != paths["hello", "zh-CN"]
    assert not paths["hello", "en"].endswith(".wav")
    samples = samples_of(paths["hello", "en"])
    assert 0.95 < len(samples) / 8000 < 1.2
    assert abs(active_level(samples) - TARGET) < 0.5
    assert sorted(hummer.spoken) == ["en|hello you", "zh-CN|您好"]


def test_what_is_there_is_not_spoken_again_and_a_changed_text_is(tmp_path: Path, voices, hummer) -> None:
    cache = tmp_path / "cache"
    first = render_prompts({("a", "en"): "one", ("b", "en"): "two"}, cache, voices)
    second = render_prompts({("a", "en"): "one", ("b", "en"): "three"}, cache, voices)
    assert first["a", "en"] == second["a", "en"]
    assert first["b", "en"] != second["b", "en"]
    assert Path(first["b", "en"] + ".wav").exists(), "a call in progress may still play the old text"
    assert sorted(hummer.spoken) == ["en|one", "en|three", "en|two"]


def test_another_version_of_the_voice_speaks_anew(tmp_path: Path, voices) -> None:
    old = render_prompts({("a", "en"): "one"}, tmp_path / "cache", voices)
    assert render_prompts({("a", "en"): "one"}, tmp_path / "cache", OneVoice(voice=Hummer("1.1"))) != old


def test_many_at_once_leave_whole_files_and_no_parts(tmp_path: Path, voices) -> None:
    cache = tmp_path / "cache"
    catalogue = {(f"p{n % 3}", "en"): f"text {n % 3}" for n in range(6)}
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: render_prompts(catalogue, cache, voices), range(4)))
    assert all(result == results[0] for result in results)
    assert len(list(cache.iterdir())) == 3
    assert all(len(samples_of(path)) > 1000 for path in results[0].values())


def test_a_recording_by_a_person_comes_first(tmp_path: Path, voices, hummer) -> None:
    recorded = tmp_path / "recorded"
    (recorded / "en").mkdir(parents=True)
    with wave.open(str(recorded / "en" / "hello.wav"), "wb") as file:
        file.setparams((2, 2, 48000, 0, "NONE", ""))
        _, mono = tone(48000, 1000, 0.5, height=4000)
        file.writeframes(array.array("h", [sample for sample in mono for _ in range(2)]).tobytes())
    catalogue = {("hello", "en"): "hello", ("other", "en"): "other"}
    paths = render_prompts(catalogue, tmp_path / "cache", voices, recorded)
    played = samples_of(paths["hello", "en"])
    assert abs(active_level(played) - TARGET) < 0.5, "it is as loud as every other prompt"
    assert strength(played, 1000) > 5 * strength(played, 440)
    assert hummer.spoken == ["en|other"]
    nobody = OneVoice(voice=Hummer(languages=()))
    assert render_prompts({("hello", "en"): "hello"}, tmp_path / "cache", nobody, recorded)


def test_every_recording_that_cannot_be_used_is_told_with_its_file(tmp_path: Path, voices) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "hello.wav").write_bytes(b"ID3 an mp3 in disguise")
    write_wav(tmp_path / "en" / "mute.wav", [0] * 8000)
    with pytest.raises(PromptError) as told:
        render_prompts({("hello", "en"): "h", ("mute", "en"): "m"}, tmp_path / "cache", voices, tmp_path)
    assert "hello.wav: it is an mp3 file" in str(told.value)
    assert "mute.wav: too quiet" in str(told.value)
    assert list((tmp_path / "cache").iterdir()) == [], "what is refused is never played"


def test_no_voice_is_told_with_the_remedy_before_anything_is_made(tmp_path: Path, hummer) -> None:
    nowhere = Voices(places=VoicePlaces(path=str(tmp_path / "empty")))
    with pytest.raises(PromptError, match="apt-get install espeak-ng"):
        render_prompts({("hello", "en"): "hello"}, tmp_path / "cache", nowhere)
    english = OneVoice(voice=Hummer(languages=("en",)))
    with pytest.raises(PromptError, match="no voice for prompt 'hello' in zh-CN"):
        render_prompts({("a", "en"): "a", ("hello", "zh-CN"): "您好"}, tmp_path / "cache", english)
    assert not (tmp_path / "cache").exists()


def test_a_voice_that_fails_is_told_with_its_own_words(tmp_path: Path, voices) -> None:
    with pytest.raises(PromptError, match=r"prompt 'hello' in en: .*code 3: cannot speak"):
        render_prompts({("hello", "en"): "mute"}, tmp_path / "cache", voices)
    assert list((tmp_path / "cache").iterdir()) == []


def test_one_prompt_can_be_made_anew(tmp_path: Path, voices) -> None:
    prompts = Prompts({("a", "en"): "one"}, tmp_path / "cache", voices, Recorded(tmp_path / "none"))
    path = Path(prompts.render()["a", "en"] + ".wav")
    whole = path.read_bytes()
    path.write_bytes(b"RIFF")
    assert prompts.make(("a", "en")) == path
    assert path.read_bytes() == whole


def test_english_words_in_a_chinese_text_are_spoken_by_an_english_voice() -> None:
    assert runs_of("欢迎致电 Switchroom 银行。中文服务请按1。For English, press 2.", "zh-CN") == [
        ("欢迎致电 ", "zh-CN"),
        ("Switchroom ", "en"),
        ("银行。中文服务请按1。", "zh-CN"),
        ("For English, press 2.", "en"),
    ]
    assert runs_of("您好。", "zh-CN") == [("您好。", "zh-CN")]
    assert runs_of("Hello 您好", "en") == [("Hello 您好", "en")]


def test_a_text_without_words_is_a_short_silence_that_needs_no_voice(tmp_path: Path) -> None:
    nobody = OneVoice(voice=Hummer(languages=()))
    paths = render_prompts({("say/pause", "en"): "…"}, tmp_path / "cache", nobody)
    assert set(samples_of(paths["say/pause", "en"])) == {0}


def test_fragments_of_values_follow_one_another_closely(tmp_path: Path, voices) -> None:
    paths = render_prompts({("say/1", "en"): "one", ("one", "en"): "one"}, tmp_path / "cache", voices)
    assert len(samples_of(paths["say/1", "en"])) < len(samples_of(paths["one", "en"])) - 1000


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
def test_resampling_keeps_length_pitch_and_silence_above_the_telephone_band(rate: int) -> None:
    kept = telephone_sound(tone(rate, 1000, 0.5))
    assert abs(len(kept) - 4000) <= 2
    assert abs(strength(list(kept), 1000) - 20000) < 600
    if rate > 12000:
        folded = telephone_sound(tone(rate, 5000, 0.5))
        assert strength(list(folded), 3000) < 200, "5 kHz must not fold down to 3 kHz"


def test_silence_at_the_ends_is_trimmed_and_silence_itself_survives() -> None:
    rate, samples = tone(8000, 500, 0.5)
    assert len(trimmed((rate, [0] * 4000 + samples + [0] * 9000))[1]) in range(5500, 5620)
    assert list(levelled(telephone_sound(trimmed((8000, [0] * 100))))) == [0] * 100


def test_pauses_do_not_make_speech_louder_and_no_peak_is_cut() -> None:
    _, loud = tone(8000, 500, 0.5, height=3000)
    assert abs(active_level(loud + [0] * 40000) - active_level(loud)) < 0.5
    click = [*tone(8000, 500, 1.0, height=500)[1], 20000]
    assert peak(levelled(click)) <= HIGHEST_PEAK + 0.001
    assert max(levelled([300] * 8000)) < 300 * 20, "what is nearly silent is not raised without end"


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
    with pytest.raises(IsADirectoryError):
        write_wav(tmp_path, [1, 2, 3])
    assert list(tmp_path.iterdir()) == []
    assert not list(tmp_path.parent.glob("*.part"))


def test_what_was_spoken_once_is_not_spoken_for_the_next_floor(tmp_path) -> None:
    voice, spoken = Hummer(), tmp_path / "spoken"
    catalogue = {("hello", "en"): "hello", ("bye", "en"): "bye"}
    for floor in ("one", "two"):
        shelf = Prompts(catalogue, tmp_path / floor, OneVoice(voice=voice), Recorded(tmp_path / "none"), spoken)
        paths = shelf.render()
        assert all(Path(f"{path}.wav").parent == tmp_path / floor for path in paths.values())
    assert len(voice.spoken) == 2
    for sound in spoken.iterdir():
        sound.write_bytes(b"RIFF")  # cut short: what is on the shelf is looked at before it is taken
    Prompts(catalogue, tmp_path / "three", OneVoice(voice=voice), Recorded(tmp_path / "none"), spoken).render()
    assert len(voice.spoken) == 4


def test_a_shelf_that_cannot_be_written_costs_nothing(tmp_path) -> None:
    (tmp_path / "spoken").write_text("no folder")
    shelf = Prompts({("a", "en"): "a"}, tmp_path / "s", OneVoice(), Recorded(tmp_path / "none"), tmp_path / "spoken")
    assert Path(f"{shelf.render()['a', 'en']}.wav").exists()
