"""Telephone sound: coding, levels, files."""

import wave

import pytest

from cti.sip.sound import QUIET, RATE, from_mulaw, level, read_sound, speech, to_mulaw

pytestmark = pytest.mark.unit


def test_coding_is_its_own_inverse():
    for byte in range(256):
        assert from_mulaw(to_mulaw(from_mulaw(byte))) == from_mulaw(byte)


@pytest.mark.parametrize(
    ("sample", "byte"), [(0, 0xFF), (32635, 0x80), (-32635, 0x00), (-8, 0x7E), (1000, 0xCE)]
)
def test_known_values_of_g711(sample, byte):
    assert to_mulaw(sample) == byte


def test_coding_keeps_samples_within_its_steps():
    for sample in range(-32000, 32001, 37):
        assert abs(from_mulaw(to_mulaw(sample)) - sample) <= max(4, abs(sample) / 16)


def test_levels():
    assert level(b"") == 0.0
    assert level(QUIET) == 0.0
    assert level(bytes([0x80]) * 160) > 0.97


def test_speech_repeats_by_seed_and_has_pauses():
    said = speech(2.0, seed=3)
    assert len(said) == 2 * RATE
    assert said == speech(2.0, seed=3) != speech(2.0, seed=4)
    levels = [level(said[at : at + 160]) for at in range(0, len(said), 160)]
    assert max(levels) > 0.05
    assert min(levels) == 0.0


def _write(path, rate, channels, width):
    with wave.open(str(path), "wb") as file:
        file.setframerate(rate)
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.writeframes(b"\x00\x10" * channels * 80)
    return path


def test_a_wav_is_read(tmp_path):
    assert read_sound(_write(tmp_path / "a.wav", 8000, 1, 2)) == bytes([to_mulaw(0x1000)]) * 80


def test_raw_sound_is_taken_as_it_is(tmp_path):
    (tmp_path / "a.ulaw").write_bytes(b"\xff\x01")
    assert read_sound(tmp_path / "a.ulaw") == b"\xff\x01"


def test_other_files_are_refused_with_the_remedy(tmp_path):
    with pytest.raises(ValueError, match="8000 Hz, mono, 16 bit"):
        read_sound(_write(tmp_path / "b.wav", 16000, 1, 2))
    (tmp_path / "c.wav").write_bytes(b"RIFFnonsense")
    with pytest.raises(ValueError, match=r"c\.wav: not a WAV"):
        read_sound(tmp_path / "c.wav")
