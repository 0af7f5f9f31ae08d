"""Recordings over the desk: in stereo, in parts, to their end, and nothing else by their names."""

from __future__ import annotations

import io
import os
import wave

import aiohttp
import pytest
from desk_clients import house, talk, users  # noqa: F401 - fixtures
from desk_fakes import write_wav

pytestmark = pytest.mark.wire


# ── recordings ──────────────────────────────────────────────────────────────────────────────────────────


async def fetch(client: aiohttp.ClientSession, path: str, span: str = "") -> tuple[int, dict, bytes]:
    async with client.get(path, headers={"Range": span} if span else {}) as answer:
        return answer.status, dict(answer.headers), await answer.read()


async def test_a_recording_plays_in_stereo_caller_left_agent_right(house, talk, tmp_path) -> None:
    house.library.finished("p", "anna", legs=("day/p.in.wav", "day/p.out.wav"))
    left, right = bytes(range(200)), bytes(reversed(range(180)))
    write_wav(house.recordings / "day/p.in.wav", left)
    write_wav(house.recordings / "day/p.out.wav", right)
    status, headers, whole = await fetch(talk["anna"], "/api/recordings/p.1")
    assert (status, headers["Content-Type"], headers["Accept-Ranges"]) == (200, "audio/wav", "bytes")
    with wave.open(io.BytesIO(whole)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 8000, 100)
        frames = file.readframes(100)
    assert frames[0::4] == left[0::2]
    assert frames[2::4] == (right + bytes(20))[0::2]
    for start, end in ((0, 0), (0, 43), (10, 60), (44, 45), (47, 51), (100, 443), (443, 443)):
        status, headers, part = await fetch(talk["anna"], "/api/recordings/p.1", f"bytes={start}-{end}")
        assert status == 206
        assert part == whole[start : end + 1]
        assert headers["Content-Range"] == f"bytes {start}-{end}/{len(whole)}"
    assert (await fetch(talk["anna"], "/api/recordings/p.1", "bytes=400-"))[2] == whole[400:]
    assert (await fetch(talk["anna"], "/api/recordings/p.1", "bytes=-7"))[2] == whole[-7:]
    assert (await fetch(talk["anna"], "/api/recordings/p.1", "bytes=9999-"))[0] == 416
    assert (await fetch(talk["anna"], "/api/recordings/p.1", "bytes=junk"))[0] == 200


async def test_a_recording_whose_header_was_never_finished_plays_to_its_end(house, talk) -> None:
    house.library.finished("p", "anna", legs=("a.wav",))
    path = house.recordings / "a.wav"
    write_wav(path, bytes(range(100)))
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = bytes(4)
    path.write_bytes(content)
    assert (await fetch(talk["anna"], "/api/recordings/p.1"))[2][44:] == bytes(range(100))


@pytest.mark.parametrize(
    "leg", ["../secret.wav", "/etc/passwd", "link.wav", "folder-link/a.wav", "a/../../secret.wav", ".", "missing.wav",
            "fifo", "text.wav", "", "a\0b"],
)  # fmt: skip
async def test_a_recordings_name_leads_nowhere_else(house, talk, tmp_path, leg) -> None:
    write_wav(tmp_path / "secret.wav", b"\1\2" * 8)
    (house.recordings / "link.wav").symlink_to(tmp_path / "secret.wav")
    (house.recordings / "folder-link").symlink_to(tmp_path)
    write_wav(tmp_path / "a.wav", b"\1\2" * 8)
    os.mkfifo(house.recordings / "fifo")
    (house.recordings / "text.wav").write_text("RIFF" * 3)
    house.library.finished("p", "anna", legs=(leg,))
    status, _, content = await fetch(talk["anna"], "/api/recordings/p.1")
    assert status == 404
    assert b"not_found" in content
