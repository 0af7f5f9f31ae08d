"""Sources of records, over loopback: what is asked, what they answer, what is kept, and what is not told."""

from __future__ import annotations

import asyncio
import json
import logging
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import structlog
from bank import OTHER_PIN, PIN, World, answers, floods, hangs, resets, world  # noqa: F401 - fixtures
from patience import PATIENCE

from customers.messages import LookUp

pytestmark = pytest.mark.wire


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
