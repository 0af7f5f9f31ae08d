"""What callers left, over the desk's API: messages listed and played, wishes to be called back, scores."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from desk_fakes import NOW, House, known_users, write_wav

from journal import facts as f

pytestmark = pytest.mark.wire


@pytest.fixture
async def house(tmp_path) -> AsyncIterator[House]:
    made = House(tmp_path)
    await made.open(known_users(tmp_path))
    made.library.add(f.MessageLeft(NOW - 500, "m.1", "cards", "2026/m.1-m4.wav", 7.5, "+8613900"))
    made.library.add(f.MessageLeft(NOW - 400, "m.2", "loans", "2026/m.2-m4.wav", 3.0, ""))
    made.library.add(f.CallbackAsked(NOW - 300, "b.1", "+8613800", "cards", (), 5, NOW - 320))
    made.library.add(f.SurveyAnswered(NOW - 200, "s.1", "service", "4", "anna"))
    made.library.add(f.SurveyAnswered(NOW - 100, "s.2", "service", "1", "ben"))
    write_wav(made.recordings / "2026/m.1-m4.wav", b"\1\2" * 100)
    yield made
    await made.close()


async def ask(house: House, who: str, path: str) -> tuple[int, object]:
    async with aiohttp.ClientSession(house.url, cookies=house.cookie(who)) as client, client.get(path) as answer:
        return answer.status, await answer.json() if "json" in answer.content_type else await answer.read()


async def test_messages_are_listed_newest_first_and_by_queue(house) -> None:
    status, told = await ask(house, "anna", "/api/messages")
    assert status == 200
    assert told == [
        {"message": 2, "at": NOW - 400, "contact": "m.2", "queue": "loans", "number": "", "seconds": 3.0},
        {"message": 1, "at": NOW - 500, "contact": "m.1", "queue": "cards", "number": "+8613900", "seconds": 7.5},
    ]
    assert [one["message"] for one in (await ask(house, "ben", "/api/messages?queue=cards"))[1]] == [1]
    assert [one["message"] for one in (await ask(house, "ben", "/api/messages?limit=1"))[1]] == [2]
    assert (await ask(house, "ben", f"/api/messages?until={NOW - 450}"))[1] == [told[1]]


async def test_a_message_is_played_and_only_messages_are(house) -> None:
    status, sound = await ask(house, "ben", "/api/messages/1")
    assert (status, sound[44:]) == (200, b"\1\2" * 100)
    for missing in ("2", "3", "0", "99", "-1", "x", "%2e%2e", "1.0"):
        assert (await ask(house, "sue", f"/api/messages/{missing}"))[0] == 404


async def test_wishes_to_be_called_back_are_listed_with_what_became_of_them(house) -> None:
    wish = {"at": NOW - 300, "contact": "b.1", "queue": "cards", "number": "+8613800", "priority": 5,
            "asked_at": NOW - 320, "due": 0.0}  # fmt: skip
    assert (await ask(house, "ben", "/api/callbacks"))[1] == [wish | {"state": "asked", "callback": ""}]
    house.library.add(f.CallbackBegun(NOW - 290, "B-b.1", "b.1", "+8613800", "{}"))
    assert (await ask(house, "ben", "/api/callbacks"))[1] == [wish | {"state": "waiting", "callback": "B-b.1"}]
    house.library.add(f.CallEnded(NOW - 90, "B-b.1", "not_reached", 16))
    assert (await ask(house, "ben", "/api/callbacks"))[1] == [wish | {"state": "not_reached", "callback": "B-b.1"}]


async def test_an_agent_sees_the_scores_of_his_own_talks(house) -> None:
    everybody = [one["agent"] for one in (await ask(house, "sue", "/api/scores"))[1]]
    mine = [one["agent"] for one in (await ask(house, "anna", "/api/scores"))[1]]
    assert (everybody, mine) == (["ben", "anna"], ["anna"])


async def test_what_was_promised_is_held_against_what_came(house) -> None:
    for contact, answered in (("w.1", 150.0), ("w.2", 10.0)):
        house.library.add(f.EstimateTold(NOW - 800, contact, "cards", 120.0, 240.0, 3))
        house.library.add(f.AgentAnswered(NOW - 800 + answered, contact, f"{contact}.1", "li-na", 200.0))
    house.library.add(f.EstimateTold(NOW - 800, "w.3", "loans", 0.0, 0.0, 1))
    house.library.add(f.CallbackAsked(NOW - 700, "p.1", "138", "cards", (), 5, NOW - 720, due=NOW - 300))
    house.library.add(f.CallbackBegun(NOW - 690, "B-p.1", "p.1", "138", "{}"))
    house.library.add(f.CallbackDialled(NOW - 280, "B-p.1", "B-p.1.1", "li-na", "138"))
    status, told = await ask(house, "ben", "/api/promises")
    assert status == 200
    assert (told["waits_told"], told["waits_judged"], told["inside"], told["sooner"]) == (2, 2, 0.5, 1)
    assert told["error"] == (30.0 + 170.0) / 2
    assert (told["promises"], told["promises_kept"], told["kept"], told["open"]) == (1, 1, 1.0, 0)
    assert (await ask(house, "ben", "/api/promises?queue=loans"))[1]["waits_told"] == 0


async def test_promises_are_listed_one_by_one_and_by_hour(house) -> None:
    hour = NOW - NOW % 3600
    for n, answered in enumerate((150.0, 10.0, 400.0)):
        house.library.add(f.EstimateTold(hour - 2000, f"w.{n}", "cards", 120.0, 240.0, 3))
        house.library.add(f.AgentAnswered(hour - 2000 + answered, f"w.{n}", f"w.{n}.1", "li-na", 200.0))
    house.library.add(f.EstimateTold(hour - 4000, "w.9", "loans", 60.0, 120.0, 1))
    dues = {"kept": 20.0, "late": 90.0, "early": -70.0}
    for name, off in dues.items():
        house.library.add(f.CallbackAsked(NOW - 900, name, "138", "cards", (), 5, NOW - 920, due=NOW - 300))
        house.library.add(f.CallbackBegun(NOW - 890, f"B-{name}", name, "138", "{}"))
        house.library.add(f.CallbackDialled(NOW - 300 + off, f"B-{name}", f"B-{name}.1", "li-na", "138"))
    house.library.add(f.CallEnded(NOW - 200, "B-kept", "answered", 16))
    house.library.add(f.CallbackAsked(NOW - 900, "never", "138", "loans", (), 5, NOW - 920, due=NOW - 300))
    house.library.add(f.CallbackBegun(NOW - 890, "B-never", "never", "138", "{}"))
    house.library.add(f.CallEnded(NOW - 280, "B-never", "not_reached", 16))
    house.library.add(f.CallbackAsked(NOW - 900, "overdue", "138", "loans", (), 5, NOW - 920, due=NOW - 61))
    house.library.add(f.CallbackAsked(NOW - 900, "open", "138", "loans", (), 5, NOW - 920, due=NOW + 3600))
    assert (await ask(house, "ben", "/api/promises/listed"))[0] == 403
    status, told = await ask(house, "sue", f"/api/promises/listed?since={hour - 10800}")
    assert status == 200
    assert (told["promised"], told["told"], told["judged"], told["inside"]) == (0.8, 4, 3, 1 / 3)
    assert [(one["queue"], one["since"]) for one in told["waits"]] == [("cards", hour - 3600), ("loans", hour - 7200)]
    cards, loans = told["waits"]
    assert (cards["told"], cards["sooner"], cards["later"], cards["low"], cards["high"]) == (3, 1, 1, 120.0, 240.0)
    assert (loans["judged"], loans["inside"]) == (0, None)
    came = {one["contact"]: (one["became"], one["off"], one["callback"], one["outcome"]) for one in told["times"]}
    assert came == {
        "kept": ("kept", 20.0, "B-kept", "answered"), "late": ("late", 90.0, "B-late", ""),
        "early": ("early", -70.0, "B-early", ""), "never": ("never", None, "B-never", "not_reached"),
        "overdue": ("overdue", None, "", ""), "open": ("open", None, "", ""),
    }  # fmt: skip
    loans_only = (await ask(house, "sue", f"/api/promises/listed?since={hour - 10800}&queue=loans&limit=2"))[1]
    assert (loans_only["told"], [one["contact"] for one in loans_only["times"]]) == (1, ["open", "overdue"])
    assert (await ask(house, "sue", "/api/promises/listed?since=0&until=99999999999"))[0] == 422
