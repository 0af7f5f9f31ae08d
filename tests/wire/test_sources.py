"""Sources of records, over loopback: what they answer, and what they do to callers when they misbehave."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import structlog
from argon2 import PasswordHasher
from patience import PATIENCE, meanwhile

from customers.messages import LookedUp, LookUp
from switchroom.asked_sources import Sources
from switchroom.http_source import LONGEST_ANSWER, HttpSources
from switchroom.records import HeaderFiles
from switchroom.sourcefiles import SourcePlan

pytestmark = pytest.mark.wire

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


async def trickles(bank: Bank, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    for _ in range(6000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.1)


async def resets(bank: Bank, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def resets_in_the_middle(bank: Bank, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"name"')
    await writer.drain()
    writer.transport.abort()


async def floods(bank: Bank, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n{"name": "')
    for _ in range(160):
        writer.write(b"x" * 65_536)
        await writer.drain()


async def speaks_no_http(bank: Bank, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x01 what?\r\n\r\n")


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


# ── what is asked, and what comes back ──────────────────────────────────────────────────────────────────────────────


async def test_an_answer_is_texts_and_numbers_stay_as_they_are_written(world: World) -> None:
    world.has(returns=("name", "balance", "cards", "blocked", "note", "missing"))
    world.bank.mood = answers(
        raw='{"name": "李娜", "balance": 1200.50, "cards": 3, "blocked": false, "note": null, "secret": 1}'.encode()
    )
    found = await world.ask()
    values = {"name": "李娜", "balance": "1200.50", "cards": "3", "blocked": "false", "note": "", "missing": ""}
    assert (found.outcome, found.values) == ("found", tuple(values.items()))
    assert 0 <= found.took < PATIENCE


async def test_keys_go_where_the_source_says(world: World) -> None:
    world.has("get", path="/c/{card}?v=1", keys=("card", "branch"))
    world.has("post", path="/c/{card}", keys=("card", "branch"), method="POST", secret="pin")
    keys = (("card", "a/b?c=d&é"), ("branch", "x y"))
    world.sources.look_up(LookUp("q1", "a1-1", "get", keys, PATIENCE))
    world.sources.look_up(LookUp("q2", "a1-1", "post", keys, PATIENCE, (("pin", PIN),)))
    assert [(await world.answer(one)).outcome for one in ("q1", "q2")] == ["found", "found"]
    get, post = sorted(world.bank.heard, key=lambda asked: asked.method)
    split = urlsplit(get.target)
    assert unquote(split.path) == "/c/a/b?c=d&é"
    assert "/" not in split.path.removeprefix("/c/")
    assert dict(parse_qsl(split.query)) == {"v": "1", "branch": "x y"}
    assert (get.body, unquote(urlsplit(post.target).path)) == (b"", "/c/a/b?c=d&é")
    assert json.loads(post.body) == {"card": "a/b?c=d&é", "branch": "x y", "pin": PIN}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(404, "not_found"), (401, "refused"), (403, "refused"), (422, "refused"), (423, "locked"), (500, "failed"),
     (503, "failed"), (204, "failed"), (400, "failed")],
)  # fmt: skip
async def test_a_status_becomes_an_outcome(world: World, status: int, outcome: str) -> None:
    world.has(method="POST", secret="pin")
    world.bank.mood = answers(status)
    assert (await world.ask(secret=PIN)).outcome == outcome


async def test_who_refuses_a_question_without_a_secret_refuses_us_not_the_caller(world: World) -> None:
    world.has()
    world.bank.mood = answers(403)
    assert (await world.ask()).outcome == "failed"


@pytest.mark.parametrize("to", ["http://127.0.0.2:1/", "/elsewhere"])
async def test_a_redirect_is_not_followed(world: World, to: str) -> None:
    world.has()
    world.bank.mood = answers(302, Location=to)
    assert (await world.ask()).outcome == "failed"
    assert len(world.bank.heard) == 1


async def test_its_own_headers_go_with_it_and_a_file_open_to_others_is_not_used(world: World) -> None:
    world.has(headers_from="bank")
    file = world.headers.folder / "bank"
    file.touch(mode=0o600)
    file.write_text("Authorization: Bearer abc:def\n\nX-Client: switchroom\n")
    assert (await world.ask()).outcome == "found"
    assert world.bank.heard[0].headers["authorization"] == "Bearer abc:def"
    assert world.bank.heard[0].headers["x-client"] == "switchroom"
    world.has("open", headers_from="open")
    (world.headers.folder / "open").write_text("Authorization: x\n")
    (world.headers.folder / "open").chmod(0o644)
    assert (await world.ask("open")).outcome == "failed"
    world.has("none", headers_from="none")
    assert (await world.ask("none")).outcome == "failed"
    assert len(world.bank.heard) == 1


async def test_connections_are_kept_and_cookies_are_not(world: World) -> None:
    world.has()
    world.bank.mood = answers(Set_Cookie="who=me; Path=/")
    for _ in range(5):
        assert (await world.ask()).outcome == "found"
    assert world.bank.connections == 1
    assert not any("cookie" in asked.headers for asked in world.bank.heard)


# ── misbehaviour ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mood", [hangs, trickles])
async def test_a_source_that_hangs_or_trickles_holds_nobody_beyond_the_deadline(world: World, mood: Handled) -> None:
    world.has(timeout=30.0)
    world.bank.mood = mood
    found = await world.ask(deadline=0.4)
    assert found.outcome == "timed_out"
    assert 0.3 < found.took < 20, "its deadline, and not the source's own time-out"


async def test_its_own_time_out_comes_before_the_deadline(world: World) -> None:
    world.has(timeout=0.2)
    world.bank.mood = hangs
    found = await world.ask(deadline=PATIENCE)
    assert found.outcome == "timed_out"
    assert found.took < PATIENCE / 2


@pytest.mark.parametrize(
    "mood",
    [resets, resets_in_the_middle, floods, speaks_no_http, answers(raw=b""), answers(raw=b"{"),
     answers(raw=b"\xff\xfe"),
     answers(raw=b"[1]"), answers(raw=b'"name"'), answers(raw=b"[" * 60_000), answers(raw=b'{"name": {"a": 1}}'),
     answers(raw=b'{"name": ["a"]}'), answers(raw=b" " * (LONGEST_ANSWER + 1)),
     answers(raw=b"\x1f\x8b\x08\x00", Content_Encoding="gzip")],
)  # fmt: skip
async def test_nonsense_is_a_failure_and_the_next_question_is_answered(world: World, mood: Handled) -> None:
    world.has()
    world.bank.mood = mood
    assert (await world.ask()).outcome == "failed"
    world.bank.mood = answers()
    assert (await world.ask()).outcome == "found"


async def test_nobody_there_and_no_such_source_are_failures(world: World) -> None:
    world.has(url="http://127.0.0.1:1/{card}")
    assert (await world.ask()).outcome == "failed"
    assert (await world.ask("unheard-of")).outcome == "failed"


async def test_a_source_that_keeps_failing_gets_a_rest_and_is_tried_again(world: World) -> None:
    world.has()
    world.bank.mood = resets
    assert {(await world.ask()).outcome for _ in range(5)} == {"failed"}
    world.bank.mood = answers()
    asked = len(world.bank.heard)
    assert (await world.ask()).outcome == "failed"
    assert len(world.bank.heard) == asked
    world.now += 6
    assert (await world.ask()).outcome == "found"
    assert (await world.ask()).outcome == "found"


async def test_a_hundred_callers_at_a_hanging_source_are_told_in_time(world: World) -> None:
    world.has()
    world.table()
    world.bank.mood = hangs
    waiting = [asyncio.create_task(world.ask(deadline=0.5)) for _ in range(100)]
    await asyncio.sleep(0)
    assert (await world.ask("cards")).outcome == "found"
    assert {(await one).outcome for one in waiting} <= {"timed_out", "failed"}


async def test_a_question_under_way_is_not_asked_twice(world: World) -> None:
    world.has()
    asked = LookUp("q", "a1-1", "bank", (("card", "1"),), PATIENCE)
    world.sources.look_up(asked)
    world.sources.look_up(asked)
    await world.answer("q")
    await world.ask()
    assert len([each for each in world.told if each.question == "q"]) == 1
    assert len(world.bank.heard) == 2


async def test_stopping_leaves_nothing_behind(world: World) -> None:
    world.has()
    world.bank.mood = hangs
    world.sources.look_up(LookUp("q", "a1-1", "bank", (("card", "1"),), 30.0))
    await asyncio.sleep(0.05)
    await world.sources.stop()
    assert not world.told
    assert [task for task in asyncio.all_tasks() if "_answer" in repr(task)] == []


# ── tables, kept answers, locks ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_table_answers_and_its_secret_is_checked_against_the_hash(world: World) -> None:
    world.table()
    assert (await world.ask("cards", secret=PIN)).values == (("name", "Li Na"),)
    assert (await world.ask("cards", secret=OTHER_PIN)).outcome == "refused"
    assert (await world.ask("cards", card="9999", secret=PIN)).outcome == "not_found"
    assert (await world.ask("cards", secret="9" * 10_000)).outcome == "refused"


async def test_an_answer_is_kept_for_as_long_as_the_source_says(world: World) -> None:
    world.has(kept_for=60.0)
    for _ in range(3):
        assert (await world.ask()).values == (("name", "Li Na"),)
    await world.ask(card="7777")
    assert len(world.bank.heard) == 2
    world.now += 61
    await world.ask()
    assert len(world.bank.heard) == 3


async def test_what_was_not_found_or_had_a_secret_is_asked_again(world: World) -> None:
    world.has(kept_for=60.0, method="POST", secret="pin")
    await world.ask(secret=PIN)
    await world.ask(secret=PIN)
    world.bank.mood = answers(404)
    await world.ask(card="1")
    await world.ask(card="1")
    assert len(world.bank.heard) == 4


async def test_after_too_many_wrong_secrets_the_right_one_opens_nothing_for_a_while(world: World) -> None:
    world.table(lock_after=3, lock_for=600.0)
    wrong = [await world.ask("cards", secret=OTHER_PIN) for _ in range(3)]
    assert [one.outcome for one in wrong] == ["refused"] * 3
    assert len({one.wrong for one in wrong} - {""}) == 1
    assert (await world.ask("cards", secret=PIN)).outcome == "locked"
    world.now += 599
    assert (await world.ask("cards", secret=PIN)).outcome == "locked"
    world.now += 2
    assert (await world.ask("cards", secret=PIN)).outcome == "found"


async def test_guesses_at_once_are_counted_before_they_are_answered(world: World) -> None:
    world.table(lock_after=3, lock_for=600.0)
    guesses = await asyncio.gather(*(world.ask("cards", secret=OTHER_PIN) for _ in range(20)))
    assert sorted(guess.outcome for guess in guesses) == ["locked"] * 17 + ["refused"] * 3


async def test_wrong_secrets_of_the_time_before_our_restart_still_count(world: World) -> None:
    world.table(lock_after=3, lock_for=600.0)
    wrong = (await world.ask("cards", secret=OTHER_PIN)).wrong
    again = World(world.bank, world.headers)
    again.table(lock_after=3, lock_for=600.0)
    again.sources.remember([(wrong, again.clock() - 20), (wrong, again.clock() - 10), (wrong, again.clock())])
    assert (await again.ask("cards", secret=PIN)).outcome == "locked"
    await again.sources.stop()


# ── what is not told ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_neither_keys_nor_secrets_nor_values_get_into_the_log(world: World, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    world.has(method="POST", secret="pin", path="/c/{card}")
    card, pin = "6222021234567890", "13572468"
    with structlog.testing.capture_logs() as logged:
        for mood in (resets, answers(500), answers(raw=b"{"), answers(raw=b'{"name": ["13572468"]}'), floods):
            world.bank.mood = mood
            await world.ask(card=card, secret=pin)
        world.bank.mood = hangs
        await world.ask(card=card, secret=pin, deadline=0.1)
    assert logged
    told = repr(logged) + caplog.text + repr(LookUp("q", "c", "s", (), 1.0, (("pin", pin),)))
    assert card not in told
    assert pin not in told
