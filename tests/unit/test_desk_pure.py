"""The desk's pure parts: stories from facts, changes and who sees them, back-off, catalogues, sessions, users."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest

from acd.tally import Wait
from customers.context import Context
from desk.changes import changes, floor_of
from desk.figures import figures_of
from desk.knocks import Knocks
from desk.playback import interleaved
from desk.sessions import Sessions
from desk.story import tell_story
from desk.users import Role, Users
from desk.vocabulary import AgentView, ContactView, FloorView
from journal import facts as f

pytestmark = pytest.mark.unit
STATIC = Path(__file__).parents[2] / "desk" / "static"


def _context(contact: str) -> Context:
    return Context(contact, "1", "n", "2", "flow", "en", 0.0)


def _agent(name: str, state: str = "ready") -> AgentView:
    return AgentView(name, name, state, "", 0.0, 0.0, "", True, "", ())


def _view(agents=(), contacts=(), nodes=(("n", True),)) -> FloorView:
    return FloorView(1.0, tuple(agents), tuple(contacts), nodes)


# ── stories ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_story_tells_path_offers_and_end_and_masks_secret_keys() -> None:
    told = tell_story([
        f.CallStarted(1.0, "c", "c", "n", "139", "Chen", "955", "bank", "v", "en"),
        f.StepEntered(2.0, "c", "pin", "collect"),
        f.StepLeft(3.0, "c", "pin", "done", "", secret=True, key_count=6, kept=(("ok", "yes"),)),
        f.CallerQueued(4.0, "c", "cards", (), 0, 4.0, 0.0, "pin"),
        f.OfferMade(5.0, "c", "c.1", "anna", "n", 25.0),
        f.OfferClosed(6.0, "c", "c.1", "anna", "refused"),
        f.OfferMade(7.0, "c", "c.2", "ben", "n", 27.0),
        f.AgentAnswered(9.0, "c", "c.2", "ben", 5.0),
        f.TalkEnded(19.0, "c", "c.2", "ben", 10.0, "caller"),
        f.CallEnded(19.5, "c", "answered", 16),
        f.RecordingKept(20.0, "c", "c.2", ("a", "b"), 10.0, 10.0, "whole"),
    ])  # fmt: skip
    assert told is not None
    assert told.context.path[0].keys == "••••••"
    assert told.context.kept == (("ok", "yes"),)
    assert [(o.agent, o.outcome, o.recording) for o in told.offers] == [
        ("anna", "refused", ""),
        ("ben", "talked", "whole"),
    ]
    assert (told.waited, told.outcome, told.ended_at) == (5.0, "answered", 19.5)
    assert told.agents == {"anna", "ben"}


def test_who_gave_up_waited_until_he_hung_up() -> None:
    told = tell_story([
        f.CallStarted(1.0, "c", "c", "n", "139", "", "955", "bank", "v", "en"),
        f.CallerQueued(4.0, "c", "cards", (), 0, 4.0, 0.0, ""),
        f.CallEnded(16.5, "c", "abandoned", 16),
    ])  # fmt: skip
    assert told is not None
    assert told.waited == 12.5


def test_facts_that_begin_in_the_middle_tell_no_story() -> None:
    assert tell_story([f.CallEnded(1.0, "c", "lost", 0)]) is None


# ── changes ─────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_changed_is_no_change() -> None:
    view = _view([_agent("a")], [ContactView("c", "waiting", "", "", _context("c"))])
    assert changes(view, view) is None


def test_a_contact_that_moves_from_one_agent_to_another_is_gone_for_the_first() -> None:
    before = _view(contacts=[ContactView("c", "offered", "anna", "c.1", _context("c"))])
    after = _view(contacts=[ContactView("c", "offered", "ben", "c.2", _context("c"))])
    change = changes(before, after)
    assert change is not None
    assert change.users() == {"anna", "ben"}
    assert (change.seen_by("anna").contacts, change.seen_by("anna").gone) == ((), ("c",))
    assert [one.contact for one in change.seen_by("ben").contacts] == ["c"]
    assert change.seen_by("eve") == type(change.whole)(1.0)


def test_a_change_shows_an_agent_nothing_that_a_look_would_not() -> None:
    before = _view([_agent("anna"), _agent("ben")])
    after = _view(
        [_agent("anna", "talking"), _agent("ben", "talking")],
        [
            ContactView("a", "talking", "anna", "a.1", _context("a")),
            ContactView("b", "talking", "ben", "b.1", _context("b")),
        ],
    )
    change = changes(before, after)
    assert change is not None
    seen, look = change.seen_by("anna"), floor_of("anna", after)
    assert (seen.agents, seen.contacts) == (look.agents, look.contacts)
    assert [one.contact for one in look.contacts] == ["a"]


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_figures_are_the_golden_ones_and_each_rate_has_name_and_formula() -> None:
    waits = (
        [Wait(0.0, 20.0, "answered")] * 800
        + [Wait(0.0, 20.001, "answered")] * 100
        + [Wait(0.0, 5.0, "abandoned")] * 30
        + [Wait(0.0, 12.0, "abandoned")] * 20
        + [Wait(0.0, 30.0, "abandoned")] * 40
        + [Wait(0.0, 40.0, "flowed_out")] * 10
    )
    figures = figures_of(waits, since=0.0, until=100.0)
    shown = {rate.key: round(rate.percent or 0.0, 2) for rate in figures.rates}
    assert shown == {"sl1": 85.86, "sl2": 88.89, "sl3": 80.81, "sl4": 85.11, "sl5": 83.33, "sl6": 80.0}
    assert (figures.headline, figures.beside, figures.asked) == ("sl6", "sl3", 1000)
    assert all(rate.name and rate.name_zh and rate.formula for rate in figures.rates)
    assert len({rate.name for rate in figures.rates}) == 6


# ── back-off ────────────────────────────────────────────────────────────────────────────────────────────


def test_ten_thousand_guesses_take_days() -> None:
    knocks, now = Knocks(), 0.0
    for _ in range(10_000):
        now += knocks.wait(("u",), now)
        knocks.knocked(("u",), 4, now)
    assert now > 6 * 86_400


def test_a_right_password_forgets_the_wrong_ones() -> None:
    knocks = Knocks()
    for _ in range(6):
        knocks.knocked(("u",), 4, 0.0)
    assert knocks.wait(("u",), 0.0) > 1
    knocks.opened(("u",))
    assert knocks.wait(("u",), 0.0) == 0


def test_many_names_do_not_grow_the_memory() -> None:
    knocks = Knocks()
    for n in range(30_000):
        knocks.knocked((str(n),), 4, 0.0)
    assert len(knocks._tries) <= 20_000


# ── sessions and users ──────────────────────────────────────────────────────────────────────────────────


def test_a_session_survives_a_restart_and_its_end_does_too(tmp_path: Path) -> None:
    session, cookie = Sessions(tmp_path, 100.0, 50.0, lambda: 0.0).begin("anna")
    again = Sessions(tmp_path, 100.0, 50.0, lambda: 1.0)
    assert again.read(cookie) == session
    again.end(session)
    assert Sessions(tmp_path, 100.0, 50.0, lambda: 2.0).read(cookie) is None
    for name in ("server-key", "ended-sessions"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_session_ends_by_age_and_by_idleness(tmp_path: Path) -> None:
    now = [0.0]
    sessions = Sessions(tmp_path, 100.0, 50.0, lambda: now[0])
    _, cookie = sessions.begin("anna")
    now[0] = 40.0
    assert sessions.read(cookie)
    now[0] = 89.0
    assert sessions.read(cookie)
    now[0] = 100.0
    assert sessions.read(cookie) is None
    now[0] = 0.0
    _, other = sessions.begin("anna")
    now[0] = 51.0
    assert sessions.read(other) is None


@pytest.mark.parametrize("spoil", ["", ".", "x", "x.y", "é.ü", "a" * 9000, "..", "\ud800.x"])
def test_a_made_up_cookie_is_nobody(tmp_path: Path, spoil: str) -> None:
    assert Sessions(tmp_path, 100.0, 50.0, lambda: 0.0).read(spoil) is None


def test_every_changed_character_spoils_a_cookie(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path, 100.0, 50.0, lambda: 0.0)
    _, cookie = sessions.begin("anna")
    for n in range(len(cookie) - 1):  # the very last one holds spare bits, which another test covers
        other = "A" if cookie[n] != "A" else "B"
        assert sessions.read(cookie[:n] + other + cookie[n + 1 :]) is None
    assert all(sessions.read(cookie[:-1] + c) is None for c in "ABCDEFGH" if c != cookie[-1])


def test_first_start_makes_passwords_once_and_keeps_only_hashes(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    users, fresh = Users.open(path, {"anna": "agent", "sue": Role.SUPERVISOR})
    assert set(fresh) == {"anna", "sue"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert not any(password in text for password in fresh.values())
    assert text.count("$argon2id$v=19$m=19456,t=2,p=1$") == 2
    again, none = Users.open(path, {"anna": "agent", "sue": "supervisor"})
    assert none == {}
    assert again.check("anna", fresh["anna"]) == users.find("anna")
    assert again.check("anna", fresh["sue"]) is None
    assert again.check("nobody", fresh["anna"]) is None
    gone, _ = Users.open(path, {"sue": "supervisor"})
    assert gone.check("anna", fresh["anna"]) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"users": {"a": 1}}', '{"users": []}', "\x00"])
def test_a_broken_users_file_is_told_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "users.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"users\.json"):
        Users.open(path, {"anna": "agent"})


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────


def _words(language: str) -> dict[str, str]:
    return json.loads((STATIC / f"words.{language}.json").read_text(encoding="utf-8"))


def test_both_catalogues_have_the_same_keys_and_fields() -> None:
    en, zh = _words("en"), _words("zh-CN")
    assert en.keys() == zh.keys()
    for key, text in en.items():
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", zh[key])), key
        assert text
        assert zh[key]


def test_every_text_that_the_page_says_is_in_the_catalogues() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))
    keys = set(re.findall(r"""["']((?:[a-z]+)\.[a-z0-9_]+)["']""", scripts))
    prefixes = {key.partition(".")[0] for key in _words("en")}
    used = {key for key in keys if key.partition(".")[0] in prefixes}
    assert len(used) > 60
    assert used - _words("en").keys() == set()


def test_the_page_never_reads_text_as_markup() -> None:
    for path in STATIC.glob("*.js"):
        script = path.read_text(encoding="utf-8")
        for forbidden in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "DOMParser"):
            assert forbidden not in script, f"{path.name}: {forbidden}"
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|https?://", page)


def test_two_legs_become_left_and_right() -> None:
    assert interleaved(b"\x01\x02\x03\x04", b"\x0a\x0b\x0c\x0d") == b"\x01\x02\x0a\x0b\x03\x04\x0c\x0d"
