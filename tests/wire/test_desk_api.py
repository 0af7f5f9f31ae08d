"""The desk's API on loopback: who may see what, what is told, its description, figures, health."""

from __future__ import annotations

import json
import re

import pytest
from desk_clients import get, house, post, talk, users  # noqa: F401 - fixtures
from desk_fakes import NOW, PASSWORDS, write_wav
from prometheus_client.parser import text_string_to_metric_families

from acd.tally import Wait
from desk import vocabulary as v
from desk.routes import routes

pytestmark = pytest.mark.wire


def _matrix() -> list[tuple[str, str, str]]:
    """Every route of the table, by who may come in at all."""
    return [(route.method, route.path, route.who.value) for route in routes()]


WHO_MAY = {
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
    ("POST", "/api/talk/to_caller"): "user",
    ("POST", "/api/talk/to_asked"): "user",
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
    ("GET", "/api/promises/listed"): "supervisor",
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


def test_every_route_says_who_may_use_it() -> None:
    assert {(method, path): who for method, path, who in _matrix()} == WHO_MAY


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
