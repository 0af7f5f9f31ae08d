"""A sound file that is deleted or cut while the server runs is heard all the same, or else told."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.sound import write_wav
from switchroom.sound_guard import SoundGuard

pytestmark = pytest.mark.unit


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "sounds" / "hello.wav"
    path.parent.mkdir()
    write_wav(path, [1000, -1000] * 800)
    return path


def guard_of(sound: Path, **kwargs) -> SoundGuard:
    guard = SoundGuard(**kwargs)
    guard.learn({("hello", "en"): str(sound.with_suffix(""))})
    return guard


@pytest.mark.parametrize("harm", ["deleted", "cut", "emptied", "folder"])
def test_a_sound_that_is_not_as_it_was_is_put_back(sound: Path, harm: str) -> None:
    guard, whole = guard_of(sound), sound.read_bytes()
    if harm in {"cut", "emptied"}:
        sound.write_bytes(whole[: 100 if harm == "cut" else 0])
    else:
        sound.unlink()
    if harm == "folder":
        sound.parent.rmdir()
    guard.see_to([str(sound.with_suffix(""))])
    assert sound.read_bytes() == whole
    assert (guard.restored, guard.missing) == (1, 0)
    assert "hello.wav" in guard.trouble()


def test_what_is_as_it_was_is_left_alone_and_what_is_unknown_is_not_asked_for(sound: Path) -> None:
    guard, before = guard_of(sound), sound.stat()
    guard.see_to([str(sound.with_suffix("")), "silence/10"])
    assert (sound.stat().st_mtime_ns, sound.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert (guard.restored, guard.trouble()) == (0, "")


def test_what_cannot_be_put_back_is_told(sound: Path) -> None:
    guard = guard_of(sound, most=10)
    sound.unlink()
    guard.see_to([str(sound.with_suffix(""))])
    assert (guard.restored, guard.missing) == (0, 1)
    assert "could not be put back" in guard.trouble()


def test_a_place_that_cannot_be_written_is_told(sound: Path) -> None:
    guard = guard_of(sound)
    sound.unlink()
    sound.parent.rmdir()
    sound.parent.write_text("a file stands where the folder was")
    guard.see_to([str(sound.with_suffix(""))])
    assert guard.missing == 1
