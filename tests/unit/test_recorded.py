"""Recordings by people: every usual file converted, every odd one refused with its reason, nothing ever half kept."""

from __future__ import annotations

import array
import itertools
import json
import math
import os
import shutil
import struct
import subprocess
import wave

import pytest

from cti.loudness import TARGET, active_level
from cti.recorded import LONGEST, Recorded, prepared, read_bounded
from cti.sound import NotSound, write_wav
from cti.wavfile import LARGEST, read_recording

pytestmark = pytest.mark.unit

TOLD = ("the text", "take 1.wav", "ann", 1_800_000_000.0)


def hum(seconds: float = 0.5, rate: int = 8000, height: float = 0.2, hertz: float = 440) -> list[float]:
    return [height * math.sin(2 * math.pi * hertz * n / rate) for n in range(int(seconds * rate))]


def chunk(name: bytes, body: bytes, told: int | None = None) -> bytes:
    return name + struct.pack("<I", len(body) if told is None else told) + body + b"\0" * (len(body) % 2)


def header(kind: int, channels: int, rate: int, bits: int, block: int | None = None) -> bytes:
    block = channels * bits // 8 if block is None else block
    return struct.pack("<HHIIHH", kind, channels, rate, rate * block, block, bits)


def wav(shape: bytes, sound: bytes, told: int | None = None, after: bytes = b"") -> bytes:
    body = b"WAVE" + chunk(b"fmt ", shape) + chunk(b"data", sound, told) + after
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pcm(values: list[float], bits: int) -> bytes:
    if bits == 8:
        return bytes(round(128 + 127 * value) for value in values)
    top = 2 ** (bits - 1) - 1
    return b"".join(round(value * top).to_bytes(bits // 8, "little", signed=True) for value in values)


def good(seconds: float = 0.5) -> bytes:
    return wav(header(1, 1, 8000, 16), pcm(hum(seconds), 16))


def pitch(samples: array.array[int]) -> float:
    """The frequency of a hum, by its crossings of zero."""
    sound = [s for s in samples if s]
    crossings = sum(a < 0 <= b for a, b in itertools.pairwise(sound))
    return crossings * 8000 / len(sound)


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_every_rate_and_width_of_plain_samples_is_converted(rate, bits) -> None:
    ready = prepared(wav(header(1, 1, rate, bits), pcm(hum(0.4, rate), bits)), "hello")
    assert abs(len(ready) / 8000 - 0.6) < 0.02, "0.4 s of sound and a tenth of a second of silence at both ends"
    assert abs(active_level(ready) - TARGET) < 0.7
    assert abs(pitch(ready) - 440) < 20


def test_stereo_is_averaged_and_the_long_form_of_a_header_read() -> None:
    sound = pcm([value for one in hum() for value in (one, 0.0)], 16)
    extended = header(0xFFFE, 2, 8000, 16) + struct.pack("<HHI", 22, 16, 3) + struct.pack("<H", 1) + bytes(14)
    rate, samples = read_recording(wav(extended, sound))
    assert (rate, len(samples)) == (8000, 4000)
    assert abs(max(samples) - 0.1 * 32767) < 100


@pytest.mark.parametrize(("code", "bits"), [("f", 32), ("d", 64)])
def test_floating_point_is_read_and_nan_refused(code, bits) -> None:
    fine = array.array(code, hum()).tobytes()
    assert abs(max(read_recording(wav(header(3, 1, 8000, bits), fine))[1]) - 0.2 * 32767) < 100
    for odd in (math.nan, math.inf):
        with pytest.raises(NotSound, match="no sound"):
            read_recording(wav(header(3, 1, 8000, bits), array.array(code, [odd] * 10).tobytes()))


def test_telephone_codings_are_read() -> None:
    # by G.711: 0x80 is the loudest in mu-law, 0xAA in A-law; 0xFF and 0xD5 are as good as nothing
    _, mulaw = read_recording(wav(header(7, 1, 8000, 8), b"\x80\x00\xff"))
    assert list(mulaw) == [32124, -32124, 0]
    _, alaw = read_recording(wav(header(6, 1, 8000, 8), b"\xaa\x2a\xd5"))
    assert list(alaw) == [32256, -32256, 8]


def test_a_header_of_a_program_that_streams_has_the_sound_to_its_end() -> None:
    sound = pcm(hum(), 16)
    for told in (0, 0xFFFFFFFF):
        assert len(read_recording(wav(header(1, 1, 8000, 16), sound, told))[1]) == 4000


def test_notes_after_the_sound_do_no_harm() -> None:
    notes = chunk(b"LIST", b"INFO" + bytes(8000))
    assert len(read_recording(wav(header(1, 1, 8000, 16), pcm(hum(), 16), after=notes))[1]) == 4000


ODD = {
    "nothing": (b"", "is empty"),
    "zero length": (wav(header(1, 1, 8000, 16), b""), "no sound"),
    "half a header": (b"RIFF\0\0\0\0WAVEfmt ", "no sound"),
    "a tiny format": (wav(b"\1\0\1\0", pcm(hum(), 16)), "half of its header"),
    "sound before the format": (b"RIFF\0\0\0\0WAVE" + chunk(b"data", bytes(800)), "does not say"),
    "promises more": (wav(header(1, 1, 8000, 16), pcm(hum(), 16), 99_999), "cut off"),
    "promises less": (wav(header(1, 1, 8000, 16), pcm(hum(2.0), 16), 800), "stand after the sound"),
    "wrong block": (wav(header(1, 1, 8000, 16, block=7), pcm(hum(), 16)), "contradicts"),
    "no channels": (wav(header(1, 0, 8000, 16), pcm(hum(), 16)), "contradicts"),
    "12 bit": (wav(header(1, 1, 8000, 12), bytes(800)), "contradicts"),
    "compressed": (wav(header(0x55, 1, 8000, 16), bytes(800)), "compressed"),
    "4 kHz": (wav(header(1, 1, 4000, 16), pcm(hum(), 16)), "4000 samples a second"),
    "192 kHz": (wav(header(1, 1, 192_000, 16), pcm(hum(), 16)), "192000 samples a second"),
    "RIFX": (b"RIFX\0\0\0\0WAVE" + bytes(100), "big-endian"),
    "mp3 named wav": (b"ID3\4" + bytes(500), "an mp3 file"),
    "mp3 without a tag": (b"\xff\xfb\x90\x64" + bytes(500), "an mp3 file"),
    "ogg": (b"OggS" + bytes(500), "an Ogg file"),
    "m4a": (b"\0\0\0\x20ftypM4A " + bytes(500), "MPEG-4"),
    "text": (b"hello, world, this is no sound", "no sound file"),
    "silence": (wav(header(1, 1, 8000, 16), bytes(16000)), "too quiet"),
    "a whisper far away": (wav(header(1, 1, 8000, 16), pcm(hum(height=0.002), 16)), "too quiet"),
    "clipped": (wav(header(1, 1, 8000, 16), pcm([max(-1, min(1, v)) for v in hum(height=4.0)], 16)), "clipped"),
    "a click": (wav(header(1, 1, 8000, 16), bytes(8000) + pcm(hum(0.01), 16) + bytes(8000)), "0.01 s of sound"),
    "an hour": (wav(header(1, 1, 8000, 8), b"\x80\x90" * int(4000 * (LONGEST + 1))), "at most"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_refused_with_its_reason_and_leaves_nothing(name, tmp_path) -> None:
    raw, why = ODD[name]
    with pytest.raises(NotSound, match=why):
        Recorded(tmp_path / "recordings").put(("hello", "en"), raw, TOLD)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_an_odd_file_does_not_replace_a_good_one(tmp_path) -> None:
    recorded = Recorded(tmp_path)
    recorded.put(("hello", "en"), good(), TOLD)
    before = recorded.raw(("hello", "en"))
    with pytest.raises(NotSound):
        recorded.put(("hello", "en"), good()[:-100], TOLD)
    assert recorded.raw(("hello", "en")) == before
    assert sorted(path.name for path in (tmp_path / "en").iterdir()) == ["hello.json", "hello.wav"]


def test_every_cut_of_a_good_file_is_refused_or_read_never_a_crash() -> None:
    raw = good(0.2)
    for length in range(120):
        with pytest.raises(NotSound):
            read_recording(raw[:length])
    for place in range(44):
        for value in (0, 0x7F, 0xFF):
            turned = raw[:place] + bytes([value]) + raw[place + 1 :]
            try:
                rate, samples = read_recording(turned)
            except NotSound:
                continue
            assert 8000 <= rate <= 48_000
            assert samples


def test_a_recording_is_kept_as_it_is_played_with_what_was_read(tmp_path) -> None:
    recorded = Recorded(tmp_path)
    take = recorded.put(("hello", "zh-CN"), good(), TOLD)
    assert (take.text, take.source, take.by, take.at) == TOLD
    assert recorded.take(("hello", "zh-CN")) == take
    with wave.open(str(tmp_path / "zh-CN" / "hello.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
    again = prepared(recorded.raw(("hello", "zh-CN")), "hello")
    assert abs(len(again) - take.seconds * 8000) < 800
    assert abs(active_level(again) - take.level) < 0.5, "what is levelled stays as it is"


def test_a_recording_is_stale_once_its_text_has_changed(tmp_path) -> None:
    recorded, key = Recorded(tmp_path), ("hello", "en")
    recorded.put(key, good(), TOLD)
    assert not recorded.is_stale(key, "the text")
    assert recorded.is_stale(key, "another text")
    write_wav(tmp_path / "en" / "hello.wav", [1000, -1000] * 4000)
    assert recorded.take(key) is None, "another file was put there by hand: nobody knows what it says"
    assert not recorded.is_stale(key, "another text")
    (tmp_path / "en" / "hello.json").write_text("{not json")
    assert recorded.take(key) is None


def test_a_recording_that_is_taken_away_is_gone(tmp_path) -> None:
    recorded, key = Recorded(tmp_path), ("say/1", "en")
    recorded.put(key, good(), TOLD)
    assert (tmp_path / "en" / "say" / "1.wav").exists()
    assert recorded.drop(key)
    assert not recorded.drop(key)
    assert recorded.find(key) is None


@pytest.mark.parametrize(
    "name", ["../hello", "..", "a/b", "say/../x", "", "Hello", "a b", "x\0", "a" * 70, "/etc/passwd"]
)
def test_no_name_leads_out_of_the_folder(tmp_path, name) -> None:
    with pytest.raises(NotSound, match="no name of a prompt"):
        Recorded(tmp_path).put((name, "en"), good(), TOLD)
    with pytest.raises(NotSound, match="is no language"):
        Recorded(tmp_path).put(("hello", f"../{name}"), good(), TOLD)


def test_links_are_never_followed(tmp_path) -> None:
    outside = tmp_path / "outside.wav"
    outside.write_bytes(good())
    folder = tmp_path / "recordings"
    (folder / "en").mkdir(parents=True)
    (folder / "en" / "hello.wav").symlink_to(outside)
    with pytest.raises(NotSound, match="link"):
        Recorded(folder).find(("hello", "en"))
    (tmp_path / "elsewhere").mkdir()
    (folder / "zh-CN").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotSound, match="link"):
        Recorded(folder).put(("hello", "zh-CN"), good(), TOLD)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    (tmp_path / "elsewhere" / "bye.wav").write_bytes(good())
    with pytest.raises(NotSound, match="link"):
        Recorded(folder).find(("bye", "zh-CN"))


def test_a_huge_file_and_a_pipe_are_refused_before_they_are_read(tmp_path) -> None:
    huge = tmp_path / "huge.wav"
    with huge.open("wb") as file:
        file.truncate(2 * 1024**3)  # a hole: it takes no room on the disk
    with pytest.raises(NotSound, match="2147 MB"):
        read_bounded(huge)
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(NotSound, match="no plain file"):
        read_bounded(tmp_path / "pipe.wav")
    with pytest.raises(NotSound, match="at most"):
        prepared(bytes(LARGEST + 1), "hello")


def test_other_formats_without_ffmpeg_say_what_to_do(monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotSound, match="no ffmpeg here"):
        prepared(b"ID3\4" + bytes(500), "hello", "take.mp3")
    with pytest.raises(NotSound, match="an mp3 file; save it as a WAV"):
        prepared(b"ID3\4" + bytes(500), "hello", "mp3-in-disguise.wav")


@pytest.mark.skipif(not (shutil.which("ffmpeg") and shutil.which("ffprobe")), reason="no ffmpeg on this machine")
@pytest.mark.parametrize(("ending", "codec"), [("mp3", "libmp3lame"), ("ogg", "libvorbis"), ("m4a", "aac")])
def test_other_formats_are_read_by_ffmpeg(tmp_path, ending, codec) -> None:
    (tmp_path / "x.wav").write_bytes(wav(header(1, 1, 44100, 16), pcm(hum(1.0, 44100), 16)))
    words = ["ffmpeg", "-v", "error", "-i", str(tmp_path / "x.wav"), "-c:a", codec, str(tmp_path / f"x.{ending}")]
    if subprocess.run(words, check=False).returncode:  # noqa: S603  fixed words
        pytest.skip(f"this ffmpeg has no {codec}")
    ready = prepared((tmp_path / f"x.{ending}").read_bytes(), "hello", f"x.{ending}")
    assert abs(len(ready) / 8000 - 1.2) < 0.15
    assert abs(active_level(ready) - TARGET) < 0.7
    with pytest.raises(NotSound, match="ffmpeg cannot read it"):
        prepared((tmp_path / f"x.{ending}").read_bytes()[:60], "hello", f"x.{ending}")


def test_a_note_is_plain_json(tmp_path) -> None:
    Recorded(tmp_path).put(("hello", "zh-CN"), good(), ("您好", "a.wav", "", 1.0))
    assert json.loads((tmp_path / "zh-CN" / "hello.json").read_text(encoding="utf-8"))["text"] == "您好"
