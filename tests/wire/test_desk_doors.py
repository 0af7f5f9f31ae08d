"""Who comes in at the desk, and who does not: log-in, foreign pages, bad input."""

from __future__ import annotations

import asyncio
import json
import time
from urllib.parse import quote

import pytest
from desk_clients import get, house, post, talk, users  # noqa: F401 - fixtures
from desk_fakes import PASSWORDS
from yarl import URL

from desk.users import Users

pytestmark = pytest.mark.wire


# ── log-in ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_cookie_is_for_this_site_and_no_script(house, talk) -> None:
    async with talk["nobody"].post("/api/login", json={"user": "sue", "password": PASSWORDS["sue"]}) as answer:
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/" in cookie


async def test_a_copied_cookie_is_dead_after_log_out(house, talk) -> None:
    jar = {c.key: c.value for c in talk["anna"].cookie_jar}
    assert (await post(talk["anna"], "/api/logout", json={}))[0] == 200
    assert (await get(talk["nobody"], "/api/me", cookies=jar))[0] == 401


async def test_a_new_log_in_ends_the_old_session(house, talk) -> None:
    old = {c.key: c.value for c in talk["anna"].cookie_jar}
    await post(talk["anna"], "/api/login", json={"user": "anna", "password": PASSWORDS["anna"]})
    new = {c.key: c.value for c in talk["anna"].cookie_jar}
    assert old != new
    assert (await get(talk["nobody"], "/api/me", cookies=old))[0] == 401
    assert (await get(talk["anna"], "/api/me"))[0] == 200


async def test_guessing_is_slowed_down_and_parallel_guesses_gain_nothing(house, talk) -> None:
    async def guess(n: int) -> int:
        return (await post(talk["nobody"], "/api/login", json={"user": "ben", "password": f"guess{n}"}))[0]

    statuses = await asyncio.gather(*(guess(n) for n in range(20)))
    assert statuses.count(401) <= 4
    assert statuses.count(429) >= 16
    async with talk["nobody"].post("/api/login", json={"user": "ben", "password": PASSWORDS["ben"]}) as right:
        assert right.status == 429
        assert int(right.headers["Retry-After"]) >= 1


async def test_unknown_and_known_users_are_refused_alike(house, talk) -> None:
    answers = [
        await post(talk["nobody"], "/api/login", json={"user": user, "password": "wrong"})
        for user in ("ben", "nobody-of-this-name")
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 401


def test_refusing_an_unknown_user_takes_as_long_as_a_known_one(users: Users) -> None:
    def took(user: str) -> float:
        started = time.process_time()
        users.check(user, "wrong")
        return time.process_time() - started

    known = sorted(took("ben") for _ in range(9))[4]
    unknown = sorted(took("nobody") for _ in range(9))[4]
    assert 0.5 < unknown / known < 2.0


# ── foreign pages ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "",
        "http://127.0.0.1.evil.example",
        "http://evil127.0.0.1",
        "file://",
        "http://127.0.0.1:1",
    ],
)
async def test_a_foreign_page_cannot_act(house, talk, origin) -> None:
    headers = {"Origin": origin}
    for path, content in (("/api/me/state", {"state": "off"}), ("/api/logout", {}), ("/api/login", {})):
        status, answer = await post(talk["anna"], path, json=content, headers=headers)
        assert (status, answer["error"]) == (403, "foreign_origin")
    assert house.floor.told == []


async def test_our_own_page_can_act(house, talk) -> None:
    headers = {"Origin": house.url, "Sec-Fetch-Site": "same-origin"}
    assert (await post(talk["anna"], "/api/me/state", json={"state": "on"}, headers=headers))[0] == 200


async def test_a_form_of_a_foreign_page_is_no_json(house, talk) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        status, answer = await post(
            talk["anna"], "/api/me/state", data=b'{"state": "off"}', headers={"Content-Type": kind}
        )
        assert (status, answer["error"]) == (415, "not_json")


async def test_every_answer_carries_the_safety_headers(house, talk) -> None:
    for path in ("/", "/static/desk.js", "/api/me", "/nothing", "/openapi.json", "/healthz"):
        async with talk["sue"].get(path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "aiohttp" not in answer.headers["Server"].lower()


# ── bad input ───────────────────────────────────────────────────────────────────────────────────────────

BAD_BODIES = [
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b'{"state": 1}', b'{"state": null}', b'{"state": "x"}',
    b'{"state": "ready", "x": 1}', b'{"state": "not_ready"}', b'{"state": "not_ready", "reason": " "}',
    b'{"state": "not_ready", "reason": "a\\u0000b"}', b'{"state": "not_ready", "reason": "a\\r\\nAction: x"}',
    b'{"state": NaN}', b'{"state": 1e999}', b'{"state": -0}', b'{"state": ["ready"]}', b"\xff\xfe{}", b"\x00",
    b'{"state": "\\ud800"}', b"[" * 100_000, b'{"a":' * 100_000, b"9" * 100_000, b"{'state': 'ready'}",
    b'{"state": "ready",}', b'{"state": "not_ready", "reason": "' + b"x" * 65 + b'"}', b"\xef\xbb\xbf{}",
]  # fmt: skip


@pytest.mark.parametrize("body", BAD_BODIES, ids=lambda body: repr(body[:24]))
async def test_a_bad_body_is_refused_in_the_one_shape(house, talk, body) -> None:
    status, answer = await post(talk["anna"], "/api/me/state", data=body, headers={"Content-Type": "application/json"})
    assert status == 400
    assert answer["error"] in ("bad_json", "bad_field")
    assert answer["message"]
    assert answer.keys() <= {"error", "message", "field"}
    assert house.floor.told == []


async def test_a_refused_log_in_never_repeats_the_password(house, talk) -> None:
    for content in (
        {"user": 1, "password": "s3cret-word"},
        {"password": "s3cret-word"},
        {"user": "a", "password": "s3cret-word", "x": 1},
    ):
        status, answer = await post(talk["nobody"], "/api/login", json=content)
        assert status == 400
        assert "s3cret" not in json.dumps(answer)


async def test_a_body_over_the_limit_is_refused(house, talk) -> None:
    status, answer = await post(
        talk["anna"], "/api/me/state", data=b" " * 1_100_000, headers={"Content-Type": "application/json"}
    )
    assert (status, answer["error"]) == (413, "too_large")


@pytest.mark.parametrize(
    "query",
    ["since=x", "since=-1", "since=nan", "since=inf", "since=1e400", "since=2&until=1", "since=1&since=2", "limit=0",
     "limit=1001", "limit=1.5", "x=1", "since=", "limit=%00", "since=1;drop", "until=1e12"],
)  # fmt: skip
async def test_a_bad_query_is_refused_in_the_one_shape(house, talk, query) -> None:
    status, answer = await get(talk["sue"], f"/api/contacts?{query}")
    assert status == 400
    assert answer["error"] == "bad_field"


async def test_wrong_methods_and_addresses_have_the_one_shape(house, talk) -> None:
    async with talk["sue"].request("DELETE", "/api/floor") as answer:
        assert (answer.status, (await answer.json())["error"]) == (405, "wrong_method")
        assert "GET" in answer.headers["Allow"]
    assert (await get(talk["sue"], "/api/nothing"))[1]["error"] == "not_found"


ODD_PARTS = ["..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%00", "a%0d%0aX: y", "'; DROP TABLE facts;--", "a" * 5000, "💥",
             "%ff", "${SHELL(id)}", "....//", "%252e%252e%252f", "\\..\\..", "C:%5cwindows", "/etc/passwd"]  # fmt: skip


@pytest.mark.parametrize("part", ODD_PARTS)
@pytest.mark.parametrize("base", ["/api/contacts/", "/api/recordings/", "/static/"])
async def test_odd_ids_find_nothing(house, talk, base, part) -> None:
    # Encoded by hand: the client would tidy `..` away.
    address = URL(house.url + base + quote(part, safe="%./\\;:"), encoded=True)
    async with talk["sue"].get(address) as answer:
        assert answer.status in (400, 404)
        assert "root:" not in await answer.text()
