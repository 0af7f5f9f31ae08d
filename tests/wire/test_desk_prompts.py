"""Prompts at the desk: who may see and bring them, what is refused, journalled, and heard afterwards."""

from __future__ import annotations

import array
import io
import math
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from desk_fakes import NOW, House, known_users
from yarl import URL

from cti.voices.choosing import VoicePlaces, Voices
from desk.app import make_app
from desk.users import Users
from journal.facts import PromptChanged
from switchroom import prompt_shelf
from switchroom.prompt_desk import DeskPrompts
from switchroom.settings import ServerSettings, Settings

pytestmark = pytest.mark.wire

TEXTS = {("hello", "en"): "Hello.", ("hello", "zh-CN"): "您好。", ("bye", "en"): "Goodbye."}
WAV = {"Content-Type": "audio/wav"}


def sound(seconds: float = 0.5, height: int = 8000) -> bytes:
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        tone = (round(height * math.sin(2 * math.pi * 440 * n / 16000)) for n in range(int(16000 * seconds)))
        file.writeframes(array.array("h", tone).tobytes())
    return whole.getvalue()


class Memory:
    def __init__(self) -> None:
        self.facts: list[object] = []

    async def append(self, facts, _tape=None) -> int:
        self.facts += facts
        return len(self.facts)


class PromptHouse(House):
    """The desk with prompts: no voice anywhere, so a prompt without a recording has no sound."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        settings = Settings(server=ServerSettings(data=folder / "var", dialplans=folder / "dialplans"))
        self.memory, self.changes, self.folder = Memory(), [], folder
        changed = lambda: self.changes.append(1)  # noqa: E731  what is called is counted
        self.shelf = DeskPrompts(settings, lambda: TEXTS, self.memory, lambda: NOW, changed)

    async def open(self, users: Users, port: int = 0) -> None:
        self.app = make_app(
            self.floor, self.library, users, self.settings, live=self.live, prompts=self.shelf, clock=self.clock
        )
        self.runner = web.AppRunner(self.app, shutdown_timeout=1.0)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"


@pytest.fixture(scope="module")
def users(tmp_path_factory) -> Users:
    return known_users(tmp_path_factory.mktemp("users"))


@pytest.fixture
async def house(tmp_path: Path, users: Users, monkeypatch) -> AsyncIterator[PromptHouse]:
    silent = Voices(places=VoicePlaces(path=str(tmp_path / "no-programs")))
    monkeypatch.setattr(prompt_shelf, "voices_of", lambda settings: silent)
    made = PromptHouse(tmp_path)
    await made.open(users)
    yield made
    await made.close()


@pytest.fixture
async def sue(house: PromptHouse) -> AsyncIterator[aiohttp.ClientSession]:
    async with client_of(house, "sue") as made:
        yield made


def client_of(house: PromptHouse, who: str) -> aiohttp.ClientSession:
    made = aiohttp.ClientSession(house.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
    if who:
        made.cookie_jar.update_cookies(house.cookie(who), URL(house.url))
    return made


async def test_a_recording_is_brought_in_journalled_put_in_force_and_played_back(house, sue) -> None:
    async with sue.post("/api/prompts/en/hello", data=sound(), headers=WAV) as answer:
        view = await answer.json()
    assert answer.status == 200, view
    assert (view["name"], view["language"], view["state"], view["by"]) == ("hello", "en", "recorded", "sue")
    (fact,) = house.memory.facts
    assert isinstance(fact, PromptChanged)
    assert (fact.at, fact.prompt, fact.language, fact.by) == (NOW, "hello", "en", "sue")
    assert house.changes == [1]
    kept = house.folder / "dialplans" / "recordings" / "en" / "hello.wav"
    with wave.open(str(kept)) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, 8000)
    cached = await house.shelf.sound("hello", "en")
    cached.parent.mkdir(parents=True, exist_ok=True)
    cached.write_bytes(kept.read_bytes())  # as the next look at the folder makes it
    async with client_of(house, "anna") as anna, anna.get("/api/prompts/en/hello") as heard:
        assert heard.status == 200
        assert heard.content_type == "audio/wav"
        assert (await heard.read())[:4] == b"RIFF"


async def test_the_list_says_what_callers_hear_of_each_prompt(house, sue) -> None:
    async with sue.post("/api/prompts/en/bye", data=sound(), headers=WAV):
        pass
    async with sue.get("/api/prompts") as answer:
        rows = {(row["name"], row["language"]): row for row in await answer.json()}
    assert rows["bye", "en"]["state"] == "recorded"
    assert rows["hello", "en"]["state"] == "faulty"
    assert "install a speech program" in rows["hello", "en"]["why"]
    assert rows["hello", "zh-CN"]["text"] == "您好。"


@pytest.mark.parametrize("who", ["", "anna"])
async def test_only_supervisors_may_change_what_callers_hear(house, who) -> None:
    async with client_of(house, who) as client, client.post(
        "/api/prompts/en/hello", data=sound(), headers=WAV
    ) as answer:
        assert answer.status == (403 if who else 401)
    assert house.memory.facts == []
    assert not (house.folder / "dialplans").exists()


@pytest.mark.parametrize(
    "asked",
    [
        ("en/hello", b"", "audio/wav", 422, "empty"),
        ("en/hello", b"ID3\4" + bytes(500), "audio/wav", 422, "mp3"),
        ("en/hello", sound(height=3), "audio/wav", 422, "too quiet"),
        ("en/hello", sound()[:-500], "audio/wav", 422, "cut off"),
        ("en/hello", sound(), "text/plain", 415, "audio/wav"),
        ("en/hello", sound(), "multipart/form-data", 415, "audio/wav"),
        ("en/nobody", sound(), "audio/wav", 404, "no such prompt"),
        ("fr/hello", sound(), "audio/wav", 404, "no such prompt"),
        ("en/..%2F..%2Fhello", sound(), "audio/wav", 404, "no such prompt"),
        ("..%2F..%2Fetc/passwd", sound(), "audio/wav", 404, "no such prompt"),
    ],
)
async def test_what_cannot_be_taken_is_refused_with_its_reason(house, sue, asked) -> None:
    path, body, kind, status, told = asked
    address = URL(f"{house.url}/api/prompts/{path}", encoded=True)
    async with sue.post(address, data=body, headers={"Content-Type": kind}) as answer:
        fault = await answer.json()
    assert answer.status == status, fault
    assert told in fault["message"]
    assert house.memory.facts == []
    assert not [file for file in house.folder.rglob("*.wav") if "recordings/" in str(file)]


async def test_more_than_a_recording_may_have_is_not_read(house, sue) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(2000):
            read += 1_000_000
            yield bytes(1_000_000)

    try:
        async with sue.post("/api/prompts/en/hello", data=endless(), headers=WAV) as answer:
            assert answer.status == 413
    except aiohttp.ClientError:
        pass  # the server has closed while we were still sending
    assert read < 200_000_000


async def test_a_foreign_page_cannot_bring_a_recording(house, sue) -> None:
    headers = {**WAV, "Origin": "http://evil.example"}
    async with sue.post("/api/prompts/en/hello", data=sound(), headers=headers) as answer:
        assert answer.status == 403


async def test_a_desk_without_prompts_has_none(tmp_path, users) -> None:
    plain = House(tmp_path)
    await plain.open(users)
    try:
        async with client_of(plain, "sue") as client, client.get("/api/prompts") as answer:
            assert answer.status == 404
    finally:
        await plain.close()
