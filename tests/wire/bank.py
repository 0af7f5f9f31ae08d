"""A bank's system with an HTTP interface and moods, and the sources that ask it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import pytest
from argon2 import PasswordHasher
from patience import PATIENCE, meanwhile

from customers.messages import LookedUp, LookUp
from switchroom.asked_sources import Sources
from switchroom.http_source import HttpSources
from switchroom.records import HeaderFiles
from switchroom.sourcefiles import SourcePlan

PIN, OTHER_PIN = "4711", "0815"
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


Handled = Callable[["Bank", "Asked", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Bank:
    """A core-banking system with an HTTP interface and moods. It hears what is asked."""

    def __init__(self) -> None:
        self.heard: list[Asked] = []
        self.connections = 0
        self.mood: Handled = answers()
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while line := await reader.readline():
                method, target, _ = line.decode().split(" ", 2)
                headers = {}
                while (line := (await reader.readline()).strip()):
                    name, _, value = line.decode("latin-1").partition(":")
                    headers[name.lower()] = value.strip()
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                asked = Asked(method, target, headers, body)
                self.heard.append(asked)
                await self.mood(self, asked, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def answers(status: int = 200, body: object = None, raw: bytes | None = None, **headers: str) -> Handled:
    async def mood(bank: Bank, asked: Asked, writer: asyncio.StreamWriter) -> None:
        del bank, asked
        sent = raw if raw is not None else json.dumps({"name": "Li Na"} if body is None else body).encode()
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {status} Whatever\r\nContent-Length: {len(sent)}\r\n{lines}\r\n".encode() + sent)
        await writer.drain()

    return mood


async def hangs(bank: Bank, asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(600)


async def resets(bank: Bank, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def floods(bank: Bank, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n{"name": "')
    for _ in range(160):
        writer.write(b"x" * 65_536)
        await writer.drain()


@dataclass
class FloorOfSources:
    sources: dict[str, SourcePlan] = field(default_factory=dict)
    tables: dict[str, dict[tuple[str, ...], dict[str, str]]] = field(default_factory=dict)


class World:
    """The sources, a bank, and what was told."""

    def __init__(self, bank: Bank, headers: HeaderFiles) -> None:
        self.bank = bank
        self.floor = FloorOfSources()
        self.told: list[LookedUp] = []
        self.now = 1_000_000.0
        self.count = 0
        self.headers = headers
        self.sources = Sources(lambda: self.floor, HttpSources(headers.read), self.clock)
        self.sources.start(self.told.append)

    def clock(self) -> float:
        return self.now + asyncio.get_running_loop().time()

    def has(self, name: str = "bank", *, path: str = "/customers/{card}", **more: object) -> None:
        given = {"keys": ("card",), "returns": ("name",), "url": f"http://127.0.0.1:{self.bank.port}{path}"} | more
        self.floor.sources[name] = SourcePlan(name, **given)  # type: ignore[arg-type]

    def table(self, name: str = "cards", **more: object) -> None:
        self.floor.sources[name] = SourcePlan(name, ("card",), ("name",), secret="pin", table="cards.csv", **more)  # type: ignore[arg-type]
        self.floor.tables[name] = {("6222",): {"name": "Li Na", "pin": HASHER.hash(PIN)}}

    async def ask(
        self, source: str = "bank", card: str = "6222", secret: str = "", deadline: float = PATIENCE
    ) -> LookedUp:
        self.count += 1
        question = f"a1-1.{self.count}"
        secrets = (("pin", secret),) if secret else ()
        self.sources.look_up(LookUp(question, "a1-1", source, (("card", card),), deadline, secrets))
        return await self.answer(question)

    async def answer(self, question: str) -> LookedUp:
        await meanwhile(lambda: any(each.question == question for each in self.told), question)
        return next(each for each in self.told if each.question == question)


@pytest.fixture
async def world(tmp_path) -> AsyncIterator[World]:
    bank = Bank()
    server = await asyncio.start_server(bank.serve, "127.0.0.1", 0)
    bank.port = server.sockets[0].getsockname()[1]
    world = World(bank, HeaderFiles(tmp_path))
    yield world
    await world.sources.stop()
    server.close()
