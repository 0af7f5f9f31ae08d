"""The desk's API on loopback: who may see what, bad input, log-in, recordings, health."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import time
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
from desk_fakes import NOW, PASSWORDS, House, known_users, write_wav
from prometheus_client.parser import text_string_to_metric_families
from yarl import URL

from acd.service_level import Wait
from desk import vocabulary as v
from desk.routes import routes
from desk.users import Users

pytestmark = pytest.mark.wire


@pytest.fixture(scope="module")
def users(tmp_path_factory) -> Users:
    return known_users(tmp_path_factory.mktemp("users"))


@pytest.fixture
async def house(tmp_path: Path, users: Users) -> AsyncIterator[House]:
    made = House(tmp_path)
    await made.open(users)
    yield made
    await made.close()


@pytest.fixture
async def talk(house: House) -> AsyncIterator[dict[str, aiohttp.ClientSession]]:
    """A client per user, logged in, and one that is nobody."""
    made = {
        who: aiohttp.ClientSession(house.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
        for who in ("anna", "ben", "sue", "nobody")
    }
    for who in PASSWORDS:
        made[who].cookie_jar.update_cookies(house.cookie(who), URL(house.url))
    yield made
    for client in made.values():
        await client.close()


async def get(client: aiohttp.ClientSession, path: str, **more) -> tuple[int, object]:
    async with client.get(path, **more) as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if "json" in answer.content_type else text


async def post(client: aiohttp.ClientSession, path: str, **more) -> tuple[int, dict]:
    async with client.post(path, **more) as answer:
        return answer.status, await answer.json()


# ── who may see what ────────────────────────────────────────────────────────────────────────────────────

CLOSED, OPEN = "closed", "open"


def _matrix() -> list[tuple[str, str, str]]:
    """Every route of the table, by who may come in at all."""
    return [(route.method, route.path, route.who.value) for route in routes()]


def test_every_route_says_who_may_use_it() -> None:
    table = {(method, path): who for method, path, who in _matrix()}
    assert table == {
        ("POST", "/api/login"): "anyone",
        ("POST", "/api/logout"): "user",
        ("GET", "/api/me"): "user",
        ("POST", "/api/me/state"): "agent",
        ("GET", "/api/talk/targets"): "user",
        ("POST", "/api/talk/hold"): "user",
        ("POST", "/api/talk/retrieve"): "user",
        ("POST", "/api/talk/complete"): "user",
        ("POST", "/api/talk/cancel"): "user",
        ("POST", "/api/talk/conference"): "user",
        ("POST", "/api/talk/transfer"): "user",
        ("POST", "/api/talk/consult"): "user",
        ("POST", "/api/supervise/listen"): "supervisor",
        ("POST", "/api/supervise/whisper"): "supervisor",
        ("POST", "/api/supervise/barge"): "supervisor",
        ("POST", "/api/supervise/take_over"): "supervisor",
        ("POST", "/api/supervise/leave"): "supervisor",
        ("GET", "/api/floor"): "user",
        ("GET", "/api/contacts"): "user",
        ("GET", "/api/contacts/{contact}"): "user",
        ("GET", "/api/figures"): "user",
        ("GET", "/api/figures/breakdown"): "supervisor",
        ("GET", "/api/figures/agents"): "user",
        ("GET", "/api/figures/reconciliation"): "supervisor",
        ("GET", "/api/flows"): "user",
        ("GET", "/api/flows/{flow}/figures"): "user",
        ("GET", "/api/flows/{flow}.svg"): "user",
        ("GET", "/api/queues"): "supervisor",
        ("POST", "/api/queues/{queue}"): "supervisor",
        ("POST", "/api/agents/{agent}"): "supervisor",
        ("POST", "/api/agents/{agent}/undo"): "supervisor",
        ("GET", "/api/contacts/{contact}/why"): "supervisor",
        ("GET", "/api/changes"): "supervisor",
        ("GET", "/api/autopilot"): "supervisor",
        ("POST", "/api/autopilot/undo"): "supervisor",
        ("POST", "/api/autopilot/turn"): "supervisor",
        ("GET", "/api/recordings/{offer}"): "user",
        ("GET", "/api/messages"): "user",
        ("GET", "/api/messages/{message}"): "user",
        ("GET", "/api/callbacks"): "user",
        ("GET", "/api/promises"): "user",
        ("GET", "/api/scores"): "user",
        ("GET", "/api/prompts"): "supervisor",
        ("GET", "/api/prompts/{language}/{name}"): "user",
        ("POST", "/api/prompts/{language}/{name}"): "supervisor",
        ("GET", "/api/campaigns"): "watch",
        ("GET", "/api/campaigns/{campaign}"): "watch",
        ("GET", "/api/campaigns/{campaign}/projection"): "watch",
        ("POST", "/api/campaigns/{campaign}/start"): "campaigns",
        ("POST", "/api/campaigns/{campaign}/pause"): "watch",
        ("POST", "/api/campaigns/{campaign}/stop"): "watch",
        ("POST", "/api/campaigns/{campaign}/tune"): "campaigns",
        ("POST", "/api/campaigns/{campaign}/trial"): "campaigns",
        ("POST", "/api/campaigns/{campaign}/rerun"): "campaigns",
        ("GET", "/api/campaigns/{campaign}/results"): "watch",
        ("GET", "/api/campaigns/{campaign}/sales"): "watch",
        ("GET", "/api/campaigns/{campaign}/attempts"): "watch",
        ("GET", "/api/campaigns/{campaign}/attempts.csv"): "watch",
        ("GET", "/api/campaigns/{campaign}/sales.csv"): "watch",
        ("GET", "/api/outbound/journey"): "watch",
        ("POST", "/api/blocks"): "campaigns",
        ("POST", "/api/blocks/lift"): "administrator",
        ("GET", "/api/lists"): "watch",
        ("POST", "/api/lists/uploads"): "campaigns",
        ("GET", "/api/lists/uploads/{upload}"): "campaigns",
        ("POST", "/api/lists/uploads/{upload}/check"): "campaigns",
        ("POST", "/api/lists/uploads/{upload}/import"): "campaigns",
        ("POST", "/api/lists/uploads/{upload}/forget"): "campaigns",
        ("GET", "/api/lists/uploads/{upload}/rejects.csv"): "campaigns",
        ("GET", "/api/me/work"): "agent",
        ("POST", "/api/me/outcome"): "agent",
        ("POST", "/api/me/preview"): "agent",
        ("POST", "/api/me/dial"): "agent",
        ("GET", "/api/laws"): "watch",
        ("GET", "/api/laws/{law}/rules"): "watch",
        ("POST", "/api/laws/{law}/agree"): "administrator",
        ("POST", "/api/outbound/forget"): "administrator",
        ("GET", "/api/events"): "user",
        ("GET", "/healthz"): "anyone",
        ("GET", "/readyz"): "anyone",
        ("GET", "/metrics"): "anyone",
        ("GET", "/openapi.json"): "anyone",
    }


@pytest.mark.parametrize(("method", "path", "who"), [one for one in _matrix() if one[2] != "anyone"])
async def test_nobody_gets_in_without_a_session(house, talk, method, path, who) -> None:
    path = re.sub(r"\{\w+\}", "no", path.replace("{contact}", "a.1").replace("{offer}", "a.1.1"))
    async with talk["nobody"].request(method, path, json={} if method == "POST" else None) as answer:
        assert answer.status == 401
        assert (await answer.json())["error"] == "not_logged_in"


@pytest.mark.parametrize(
    ("who", "contact", "status"),
    [
        ("anna", "a.1", 200), ("anna", "b.1", 404), ("anna", "w.1", 404), ("anna", "none", 404),
        ("ben", "a.1", 404), ("ben", "b.1", 200), ("ben", "w.1", 404), ("ben", "none", 404),
        ("sue", "a.1", 200), ("sue", "b.1", 200), ("sue", "w.1", 200), ("sue", "none", 404),
        ("anna", "past-a", 200), ("anna", "past-b", 404), ("ben", "past-a", 404), ("ben", "past-b", 200),
        ("sue", "past-a", 200), ("sue", "past-b", 200),
    ],
)  # fmt: skip
async def test_a_contact_is_seen_by_whom_it_was_offered_to(house, talk, who, contact, status) -> None:
    for name, agent in (("past-a", "anna"), ("past-b", "ben")):
        house.library.finished(name, agent, legs=("x.wav",))
    write_wav(house.recordings / "x.wav", b"\1\2" * 10)
    got, answer = await get(talk[who], f"/api/contacts/{contact}")
    assert got == status
    if status == 404:
        # What is hidden and what does not exist look the same.
        assert answer == (await get(talk[who], "/api/contacts/never-was"))[1]
    if contact.startswith("past"):
        async with talk[who].get(f"/api/recordings/{contact}.1") as recording:
            assert recording.status == status


async def test_an_agent_sees_himself_and_his_own_contacts_on_the_floor(house, talk) -> None:
    _, mine = await get(talk["anna"], "/api/floor")
    assert [one["agent"] for one in mine["agents"]] == ["anna"]
    assert [one["contact"] for one in mine["contacts"]] == ["a.1"]
    _, all_of_it = await get(talk["sue"], "/api/floor")
    assert len(all_of_it["agents"]) == 2
    assert len(all_of_it["contacts"]) == 3


async def test_lists_hold_an_agents_own_contacts_only(house, talk) -> None:
    house.library.finished("past-a", "anna")
    house.library.finished("past-b", "ben")
    lists = {who: [row["contact"] for row in (await get(talk[who], "/api/contacts"))[1]] for who in PASSWORDS}
    assert lists == {"anna": ["past-a"], "ben": ["past-b"], "sue": ["past-b", "past-a"]}


async def test_only_agents_have_a_state(house, talk) -> None:
    assert (await post(talk["sue"], "/api/me/state", json={"state": "ready"}))[0] == 403
    assert house.floor.told == []


# ── telling the floor ───────────────────────────────────────────────────────────────────────────────────


async def test_what_an_agent_tells_is_about_himself(house, talk) -> None:
    wishes = [{"state": s} for s in ("on", "ready", "wrap_up_done", "off")]
    for wish in [*wishes, {"state": "not_ready", "reason": " lunch "}]:
        assert (await post(talk["anna"], "/api/me/state", json=wish)) == (200, {"done": True})
    assert house.floor.told == [
        v.AgentCameOn("anna"),
        v.AgentAskedReady("anna"),
        v.AgentEndedWrapUp("anna"),
        v.AgentWentOff("anna"),
        v.AgentAskedBreak("anna", "lunch"),
    ]


async def test_a_refusal_of_the_floor_is_a_conflict_with_its_sentence(house, talk) -> None:
    status, answer = await post(talk["anna"], "/api/me/state", json={"state": "not_ready", "reason": "never"})
    assert (status, answer) == (409, {"error": "refused", "message": "not in this state"})


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


# ── the description ─────────────────────────────────────────────────────────────────────────────────────


async def test_the_description_knows_every_route_and_every_reference(house, talk) -> None:
    _, described = await get(talk["nobody"], "/openapi.json")
    assert described["openapi"] == "3.1.0"
    shown = {(method.upper(), path) for path, ways in described["paths"].items() for method in ways}
    served = {
        (route.method, route.resource.canonical)
        for route in house.app.router.routes()
        if route.method != "HEAD" and route.resource.canonical not in ("/", "/static/{name}")
    }
    assert shown == served
    refs = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(described)))
    assert refs <= described["components"]["schemas"].keys()
    assert {"FloorView", "Story", "Figures", "Refusal", "Login"} <= described["components"]["schemas"].keys()


JUNK = [None, "", "x", 0, -1, 1e308, True, [], {}, "a" * 3000, "\u0000", "\u202e", "<script>", [1] * 100]


async def test_whatever_is_sent_no_answer_is_outside_the_description(house, talk) -> None:
    _, described = await get(talk["nobody"], "/openapi.json")
    for path, ways in described["paths"].items():
        for method, way in ways.items():
            if path == "/api/events":
                continue
            known = {int(status) for status in way["responses"]}
            address = re.sub(r"\{\w+\}", "no", path.replace("{contact}", "no.1").replace("{offer}", "no.1.1"))
            for junk in JUNK:
                if method == "post":
                    for who in ("nobody", "sue"):
                        fields = {"state": junk, "user": junk, "password": junk, "reason": junk}
                        if path == "/api/logout":
                            fields["x"] = 1  # stay logged in
                        status, _ = await post(talk[who], address, json=fields)
                        assert status in known, (path, junk)
                        assert status < 500
                else:
                    query = {"since": str(junk), "until": str(junk), "limit": str(junk), "queue": str(junk),
                             "by": str(junk), "target": str(junk)}  # fmt: skip
                    status, _ = await get(talk["sue"], address, params=query)
                    assert status in known, (path, junk)
                    assert status < 500


# ── figures, health, metrics ────────────────────────────────────────────────────────────────────────────


async def test_page_and_metrics_show_the_same_rates(house, talk) -> None:
    house.library.waited = [Wait(NOW - 100, NOW - 90, "answered")] * 8 + [Wait(NOW - 100, NOW - 60, "abandoned")] * 2
    _, shown = await get(talk["sue"], f"/api/figures?since={NOW - 1800}")
    _, text = await get(talk["nobody"], "/metrics")
    families = {one.name: one for one in text_string_to_metric_families(text)}
    scraped = {s.labels["rate"]: s.value for s in families["switchroom_service_level_ratio"].samples}
    assert scraped == {rate["key"]: rate["percent"] / 100 for rate in shown["rates"]}
    assert scraped["sl6"] == 0.8
    agents = {s.labels["state"]: s.value for s in families["switchroom_agents"].samples}
    assert agents["talking"] == 1


async def test_ready_says_why_not(house, talk) -> None:
    assert (await get(talk["nobody"], "/readyz")) == (200, {"ready": True, "trouble": {}, "limping": {}})
    house.floor.change(nodes=(("node1", False), ("node2", True)))
    house.also["bus"] = lambda: "the broker does not answer"
    status, answer = await get(talk["nobody"], "/readyz")
    assert status == 200
    assert set(answer["limping"]) == {"nodes", "bus"}
    house.floor.change(nodes=(("node1", False),))
    house.library.wrong = "the disk is full"
    status, answer = await get(talk["nobody"], "/readyz")
    assert status == 503
    assert set(answer["trouble"]) == {"journal", "nodes"}
    assert (await get(talk["nobody"], "/healthz"))[0] == 200


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
