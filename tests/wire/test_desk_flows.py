"""Flows over HTTP: the list with its trouble, the picture, the figures, and who may see what of them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import aiohttp
import pytest
from desk_fakes import NOW, House, known_users
from prometheus_client.parser import text_string_to_metric_families
from yarl import URL

pytestmark = pytest.mark.wire


@pytest.fixture(scope="module")
def users(tmp_path_factory):
    return known_users(tmp_path_factory.mktemp("users"))


@pytest.fixture
async def house(tmp_path, users):
    found = House(tmp_path)
    await found.open(users)
    yield found
    await found.close()


async def get(house: House, who: str, path: str) -> tuple[int, str, bytes]:
    """The status, the content type and the body of an answer."""
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in house.cookie(who).items())} if who else {}
    url = house.url + path
    async with aiohttp.ClientSession() as talk, talk.get(URL(url, encoded=True), headers=headers) as got:
        return got.status, got.content_type, await got.read()


async def test_a_supervisor_sees_what_keeps_a_save_from_being_in_force_and_an_agent_does_not(house):
    house.flows.trouble, house.flows.troubled_since = ("flows/bank.yaml:3:1  no such step",), NOW
    _, _, body = await get(house, "sue", "/api/flows")
    assert json.loads(body) == {
        "flows": {"bank": "v1"}, "trouble": ["flows/bank.yaml:3:1  no such step"], "troubled_since": NOW,
    }  # fmt: skip
    _, _, body = await get(house, "anna", "/api/flows")
    assert json.loads(body)["trouble"] == []


async def test_a_flow_is_served_as_a_picture_that_the_strictest_policy_lets_through(house):
    status, kind, body = await get(house, "anna", "/api/flows/bank.svg")
    assert (status, kind) == (200, "image/svg+xml")
    assert ET.fromstring(body).tag.endswith("svg")  # noqa: S314  our own picture
    for inline in (b"<style", b"<script", b" style=", b" on"):
        assert inline not in body


async def test_heat_and_a_calls_way_are_in_the_picture(house):
    house.library.finished("a.1", "anna")
    _, _, body = await get(house, "sue", f"/api/flows/bank.svg?heat=true&since={NOW - 3600}")
    assert b"1 calls" in body
    status, _, lit = await get(house, "anna", "/api/flows/bank.svg?call=a.1")
    assert status == 200
    assert b"ended talking" in lit


async def test_somebody_elses_call_is_not_shown(house):
    house.library.finished("past-b", "ben")
    assert (await get(house, "anna", "/api/flows/bank.svg?call=past-b"))[0] == 404
    assert (await get(house, "sue", "/api/flows/bank.svg?call=past-b"))[0] == 200


async def test_the_figures_of_a_flow_come_out(house):
    for number in range(3):
        house.library.finished(f"c.{number}", "anna")
    status, _, body = await get(house, "anna", f"/api/flows/bank/figures?since={NOW - 3600}")
    counted = json.loads(body)
    assert status == 200
    assert counted["calls"] == 3
    assert counted["steps"][0]["entries"] == 3


@pytest.mark.parametrize(
    "path", ["/api/flows/none.svg", "/api/flows/none/figures", "/api/flows/..%2Fu.svg", "/api/flows/bank.svg?call=x"]
)
async def test_what_is_not_there_is_404(house, path):
    assert (await get(house, "sue", path))[0] == 404


async def test_an_interval_of_more_than_a_month_is_refused_before_anything_is_read(house):
    house.library.journeys = None  # reading would fail
    assert (await get(house, "sue", f"/api/flows/bank/figures?since={NOW - 40 * 86400}"))[0] == 400


async def test_the_metrics_say_that_a_save_was_refused(house):
    house.flows.trouble = ("one", "two")
    _, _, body = await get(house, "", "/metrics")
    found = {one.name: one for one in text_string_to_metric_families(body.decode())}
    changes = {sample.labels["result"]: sample.value for sample in found["switchroom_floor_changes"].samples}
    assert found["switchroom_floor_faults"].samples[0].value == 2
    assert changes == {"in_force": 3.0, "refused": 1.0}
    assert found["switchroom_flow"].samples[0].labels == {"flow": "bank", "version": "v1"}
