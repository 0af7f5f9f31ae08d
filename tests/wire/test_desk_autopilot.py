"""The autopilot over HTTP: what a supervisor sees of it, and his word to it."""

from __future__ import annotations

import pytest
from desk_clients import get, house, post, talk, users  # noqa: F401 - fixtures
from desk_fakes import NOW

from desk.pilot_view import ActView, AutopilotView, ForecastView, SupervisorTurnedAutopilot, SupervisorUndidAct

pytestmark = pytest.mark.wire

SEEN = ForecastView("cards", 0.71, 20.0, 0.8, 0.9, 12.5, 14, 1, 3, 210.0, 180.0)
ACT = ActView("cards.1700000000", "cards", "relax", 15.0, NOW - 30, 0.71, 12.5, 14, 1, 3)


async def test_a_desk_without_autopilot_says_so(house, talk):
    status, view = await get(talk["sue"], "/api/autopilot")
    assert (status, view["is_there"], view["forecasts"], view["acts"]) == (200, False, [], [])


async def test_a_supervisor_sees_forecasts_and_acts_with_their_numbers(house, talk):
    house.pilot = lambda: AutopilotView(NOW, is_there=True, on=True, pace=0.5, forecasts=(SEEN,), acts=(ACT,))
    status, view = await get(talk["sue"], "/api/autopilot")
    assert status == 200
    assert view["pace"] == 0.5
    assert view["forecasts"][0]["share"] == 0.71
    assert view["acts"][0] == {
        "act": "cards.1700000000", "queue": "cards", "kind": "relax", "amount": 15.0, "at": NOW - 30, "share": 0.71,
        "rate": 12.5, "seats": 14, "free": 1, "waiting": 3,
    }


async def test_a_supervisor_undoes_an_act_and_switches_it(house, talk):
    assert (await post(talk["sue"], "/api/autopilot/undo", json={"act": ACT.act}))[0] == 200
    assert (await post(talk["sue"], "/api/autopilot/turn", json={"on": False}))[0] == 200
    assert house.floor.told == [SupervisorUndidAct(ACT.act, "sue"), SupervisorTurnedAutopilot(on=False, by="sue")]


@pytest.mark.parametrize("path", ["/api/autopilot/undo", "/api/autopilot/turn"])
async def test_an_agent_has_no_word_in_it(house, talk, path):
    assert (await post(talk["anna"], path, json={"act": "x", "on": True}))[0] == 403
    assert house.floor.told == []


@pytest.mark.parametrize("body", [{}, {"act": 3}, {"act": "x", "by": "somebody else"}])
async def test_only_what_is_asked_for_is_taken(house, talk, body):
    assert (await post(talk["sue"], "/api/autopilot/undo", json=body))[0] == 400
    assert house.floor.told == []
