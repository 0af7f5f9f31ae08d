"""A door for callers, all that it told, and what Asterisk does on a connection to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from patience import PATIENCE, meanwhile

from cti.asterisk.agi import AgiDoor
from cti.vocabulary import (
    CallId,
    CollectDigits,
    NodeId,
    Told,
)

NODE, CALL = NodeId("a1"), CallId("a1-1.2")
SILENCE = 'STREAM FILE "silence/10" "0123456789*#ABCD" 64000'


class House:
    """A door and all it told."""

    def __init__(self, door: AgiDoor, told: list[Told]) -> None:
        self.door, self.told = door, told

    async def until(self, count: int) -> Told:
        await meanwhile(lambda: len(self.told) >= count, f"word {count}", seen=self.told)
        return self.told[count - 1]


class Channel:
    """What Asterisk does on an AGI connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, port: int) -> Channel:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    @classmethod
    async def knock(cls, port: int, token: str = "right", **more: str) -> Channel:  # noqa: S107 (a test's own token)
        channel = await cls.connect(port)
        lines = {"request": f"agi://127.0.0.1/{token}", "uniqueid": CALL, "callerid": "5551234", "calleridname": "Bob"}
        lines |= {"arg_1": "100", "arg_2": "", "arg_3": ""} | more
        channel.say("".join(f"agi_{name}: {value}\n" for name, value in lines.items()))
        return channel

    def say(self, text: str) -> None:
        self.writer.write(text.encode() + b"\n")

    async def hear(self, within: float = PATIENCE) -> str:
        """The next line, "" at the end of the connection."""
        try:
            return (await asyncio.wait_for(self.reader.readline(), within)).decode().rstrip("\n")
        except ConnectionResetError:
            return ""

    async def silent(self, seconds: float = 0.1) -> bool:
        """Whether nothing is said for a while."""
        try:
            await asyncio.wait_for(self.reader.readline(), seconds)
        except TimeoutError:
            return True
        return False


@pytest.fixture
async def house() -> AsyncIterator[House]:
    told: list[Told] = []
    door = AgiDoor("127.0.0.1", 0, {"right": NODE, "other": NodeId("a2")}, told.append)
    await door.start()
    yield House(door, told)
    await door.stop()


@pytest.fixture
async def caller(house: House) -> AsyncIterator[Channel]:
    channel = await Channel.knock(house.door.port)
    await house.until(1)
    yield channel
    channel.writer.close()


def collect(house: House, *sounds: str, at_most: int = 4, wait: float = 3.0) -> None:
    house.door.perform(CollectDigits(NODE, CALL, sounds, at_most, wait))
