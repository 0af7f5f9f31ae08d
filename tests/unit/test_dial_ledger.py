"""The ledger of dials: the same facts give the same bytes, and no byte of it or of its facts is altered unseen."""

from __future__ import annotations

import json
import random
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from journal.facts import AgentAnswered
from journal.law_facts import LawAgreed, LedgerSealed
from journal.outbound_facts import AttemptBegun, AttemptEnded, CustomerHeard, DialRefused, NumberBlocked
from journal.store import Journal
from journal.views import JournalReader
from outbound.law.profiles import US
from outbound.law.writing import digest_of, text_of
from switchroom.commands.audit_campaign import _facts, audit_campaign
from switchroom.dial_ledger.chain import Head, line_of, records
from switchroom.dial_ledger.entries import KINDS
from switchroom.dial_ledger.files import FOLDER, LedgerFiles, LedgerTaken, files_of, lines_of
from switchroom.dial_ledger.keeping import AnothersLedger, Follower
from switchroom.dial_ledger.proving import RECORDED, SEALED, Proof, prove
from switchroom.dial_ledger.recount import MEASURES, Recount

pytestmark = pytest.mark.unit

BEGAN = 1_700_000_000.0  # an afternoon of November 2023 in New York: past by every clock
OUTCOMES = ("connected", "abandoned", "gone", "machine", "no_answer", "busy", "informed")


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'journal.db'}"


def attempt(number: int, at: float, outcome: str, campaign: str = "cards") -> list[object]:
    """The facts of one attempt; a connected one has its agent's answer."""
    name, person, phone = f"D{number}", f"C-{number}", f"+1212555{number:04}"
    begun = AttemptBegun(
        at, name, campaign, "one", f"l.{number}", person, phone, "+12125550000", 0, "first", "us@2026.1", "predictive",
        zones=("America/New_York",),
    )  # fmt: skip
    facts: list[object] = [begun]
    if outcome not in {"no_answer", "busy"}:
        facts.append(CustomerHeard(at + 5, name, "human", at + 4, at + 5))
    waited = 2.5 if number % 3 == 0 else 0.5
    if outcome == "connected":
        facts.append(AgentAnswered(at + 6, name, f"{name}.1", "ann", waited))
    facts.append(
        AttemptEnded(at + 60, name, campaign, f"l.{number}", person, phone, outcome, 16, 0.0, waited=waited)
    )
    return facts


def write(folder: Path, attempts: int, seed: int = 1) -> None:
    """A campaign's facts in a journal, with a refusal and a block now and then."""
    dice = random.Random(seed)  # noqa: S311 - a seed, no secret
    journal = Journal.open(url(folder), holder="test", now=BEGAN)
    for number in range(1, attempts + 1):
        at = BEGAN + number * 30.0
        facts = attempt(number, at, dice.choice(OUTCOMES), dice.choice(("cards", "loans")))
        if number % 5 == 0:
            facts.append(DialRefused(at, "cards", f"l.{number}", "+12125550999", "hours", at + 60, "us@2026.1"))
            facts.append(NumberBlocked(at, "+12125550998", "ann", "he asked", "", prefix=False, lifted=False))
        journal.append(facts)
    journal.close()


def follow(folder: Path) -> Head:
    """Bring the ledger up to the journal's last fact, as a server does when it starts, and end."""
    reader = JournalReader.open_reader(url(folder))
    follower = Follower(reader, folder)
    follower.follow()
    follower.files.close()
    reader.close()
    return follower.files.head


def seal(folder: Path, head: Head) -> None:
    journal = Journal.open(url(folder), holder="test", now=BEGAN)
    journal.append([LedgerSealed(BEGAN, head.number, head.hash)])
    journal.close()


def proved(folder: Path, campaign: str = "cards") -> Proof:
    reader = JournalReader.open_reader(url(folder))
    try:
        return prove(campaign, lines_of(folder / FOLDER), _facts(reader, RECORDED), _facts(reader, (SEALED,)))
    finally:
        reader.close()


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    write(tmp_path, 12)
    seal(tmp_path, follow(tmp_path))
    return tmp_path


def test_what_the_server_counted_is_what_the_facts_give(sealed):
    proof = proved(sealed)
    assert proof.faults == []
    assert (proof.behind, proof.seals) == (0, 1)
    assert proof.claims > 0
    assert proof.recorded == sum(1 for _ in lines_of(sealed / FOLDER))


def test_both_lists_of_recorded_kinds_are_one():
    assert set(RECORDED) == set(KINDS)


def test_every_altered_byte_of_the_ledger_is_found(sealed):
    (path,) = files_of(sealed / FOLDER)
    whole = path.read_bytes()
    reader = JournalReader.open_reader(url(sealed))
    facts, seals = list(_facts(reader, RECORDED)), list(_facts(reader, (SEALED,)))
    reader.close()
    assert prove("cards", whole.splitlines(keepends=True), facts, seals).is_sound
    dice = random.Random(11)  # noqa: S311 - a seed, no secret
    places = {0, len(whole) - 1, *dice.sample(range(len(whole)), 300)}
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << dice.randrange(8)
        proof = prove("cards", bytes(changed).splitlines(keepends=True), facts, seals)
        assert not proof.is_sound, (place, whole[max(0, place - 20) : place + 20])


def test_every_altered_column_of_a_recorded_fact_is_found(sealed):
    lines, dice = list(lines_of(sealed / FOLDER)), random.Random(12)  # noqa: S311 - a seed, no secret
    reader = JournalReader.open_reader(url(sealed))
    facts, seals = list(_facts(reader, RECORDED)), list(_facts(reader, (SEALED,)))
    reader.close()
    for raw in facts:
        place = dice.randrange(len(raw.body))
        body = raw.body[:place] + chr(ord(raw.body[place]) ^ 1) + raw.body[place + 1 :]
        moved = {"seq": raw.seq + 1000, "at": raw.at + 1}
        new = {**moved, "kind": "AttemptEndet", "contact": "D0", "agent": "bob", "body": body}
        for column, value in new.items():
            others = [one for one in facts if one is not raw]
            changed = [one for one in (*others, replace(raw, **{column: value})) if one.kind in RECORDED]
            assert not prove("cards", lines, sorted(changed, key=lambda one: one.seq), seals).is_sound, (raw, column)
    assert prove("cards", lines, facts, seals).is_sound


def test_a_column_altered_in_the_database_is_found(sealed):
    with sqlite3.connect(sealed / "journal.db") as database:
        told = "UPDATE facts SET body = replace(body, 'abandoned', 'connected') WHERE kind = 'AttemptEnded'"
        assert database.execute(told).rowcount > 0
    assert any("is not what was recorded" in fault for fault in proved(sealed).faults)


def test_a_fact_taken_out_or_put_in_is_found(sealed):
    with sqlite3.connect(sealed / "journal.db") as database:
        body = database.execute("SELECT body FROM facts WHERE seq = 3").fetchone()[0]
        database.execute("DELETE FROM facts WHERE seq = 3")
    assert any("fact 3 " in fault and "gone" in fault for fault in proved(sealed).faults)
    with sqlite3.connect(sealed / "journal.db") as database:
        kind = json.loads(body)
        database.execute(
            "INSERT INTO facts (seq, at, kind, contact, agent, body) VALUES (0, ?, 'AttemptEnded', 'D0', '', ?)",
            (kind["at"], body),
        )
    assert any("never recorded" in fault for fault in proved(sealed).faults)


def test_a_ledger_cut_short_or_written_anew_contradicts_the_seal_in_the_journal(sealed):
    (path,) = files_of(sealed / FOLDER)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-3]))
    assert any("seals" in fault for fault in proved(sealed).faults)
    head, anew = Head(), b""
    for record in records(lines):
        said = record.entry
        if said.said == "abandoned":  # somebody makes a kinder history, with a chain that holds
            said = type(said)(said.seq, said.at, said.kind, said.campaign, said.about, "busy", said.fact, {})
        line, head = line_of(head, said)
        anew += f"{line}\n".encode()
    path.write_bytes(anew)
    assert any("sealed" in fault for fault in proved(sealed).faults)


def test_a_server_that_miscounts_is_found(sealed, monkeypatch):
    (path,) = files_of(sealed / FOLDER)
    path.unlink()
    monkeypatch.setattr("outbound.law.shares.LONGEST_WAIT", 60.0)  # who waited too long would count as served
    write(sealed, 40, seed=2)
    follow(sealed)
    assert any("the server counted" in fault for fault in proved(sealed).faults)


def test_an_outcome_that_no_agent_bears_out_is_found(tmp_path):
    journal = Journal.open(url(tmp_path), holder="test", now=BEGAN)
    told = [fact for fact in attempt(1, BEGAN, "connected") if not isinstance(fact, AgentAnswered)]
    journal.append([*told, *attempt(2, BEGAN + 60, "connected")])
    journal.close()
    follow(tmp_path)
    assert [fault for fault in proved(tmp_path).faults if "no agent ever answered" in fault]


def test_a_blocked_number_that_was_dialled_is_found(tmp_path):
    journal = Journal.open(url(tmp_path), holder="test", now=BEGAN)
    block = NumberBlocked(BEGAN, "+1212555", "ann", "he asked", "cards", prefix=True, lifted=False)
    journal.append([*attempt(1, BEGAN - 60, "busy"), block, *attempt(2, BEGAN + 1, "busy")])
    journal.append([replace(block, lifted=True), *attempt(3, BEGAN + 60, "busy")])
    journal.close()
    follow(tmp_path)
    assert proved(tmp_path).trail.blocked == [(BEGAN + 1, "+12125550002")]


def test_a_campaign_under_a_law_of_the_house_is_judged_by_its_text_on_record(tmp_path, capsys):
    law = replace(US, name="own", version="1", cap=0.5, week=(((0, 1),),) * 7)
    journal = Journal.open(url(tmp_path), holder="test", now=BEGAN)
    journal.append([LawAgreed(BEGAN, "own", "1", digest_of(law), "ann", "", (), in_force=True, rules=text_of(law))])
    for number, outcome in ((1, "connected"), (2, "abandoned"), (4, "connected")):
        facts = attempt(number, BEGAN + number * 60, outcome)
        journal.append([replace(facts[0], rules="own@1"), *facts[1:]])
    journal.close()
    follow(tmp_path)
    config = tmp_path / "switchroom.toml"
    config.write_text(f'[server]\ndata = "{tmp_path}"\n[journal]\nurl = "{url(tmp_path)}"\n')
    audit_campaign("cards", "", "now", config, as_json=True)
    told = json.loads(capsys.readouterr().out)
    own = told["laws"][-1]
    assert told["sound"] is True
    assert (own["rules"], own["is_own"], own["is_kept"]) == ("own@1", True, True)
    assert len(told["outside_hours"]) == 3  # by its text nobody may be called but in the first minute of a day


def test_after_a_crash_at_any_byte_the_ledger_goes_on_to_the_same_bytes(tmp_path):
    write(tmp_path, 30)
    follow(tmp_path)
    (path,) = files_of(tmp_path / FOLDER)
    whole = path.read_bytes()
    dice = random.Random(5)  # noqa: S311 - a seed, no secret
    for cut in (0, 1, len(whole) - 1, *dice.sample(range(len(whole)), 12)):
        path.write_bytes(whole[:cut])
        follow(tmp_path)
        assert path.read_bytes() == whole
    path.unlink()
    follow(tmp_path)
    assert path.read_bytes() == whole


def test_a_ledger_followed_in_pieces_is_the_one_followed_at_once(tmp_path):
    for part in range(1, 6):
        write(tmp_path, 6, seed=part)
        follow(tmp_path)
    (path,) = files_of(tmp_path / FOLDER)
    in_pieces = path.read_bytes()
    path.unlink()
    follow(tmp_path)
    assert path.read_bytes() == in_pieces


def test_a_ledger_of_another_journal_is_left_alone(sealed):
    (path,) = files_of(sealed / FOLDER)
    whole = path.read_bytes()
    (sealed / "journal.db").unlink()
    write(sealed, 3, seed=9)
    with pytest.raises(AnothersLedger):
        follow(sealed)
    assert path.read_bytes() == whole


def test_a_long_history_is_remembered_from_where_it_counts(tmp_path, monkeypatch):
    monkeypatch.setattr("switchroom.dial_ledger.keeping._PAGE", 7)
    journal = Journal.open(url(tmp_path), holder="test", now=BEGAN)
    for number in range(1, 200):
        journal.append(attempt(number, BEGAN + number * 86400.0 / 2, ("connected", "abandoned")[number % 2]))
    journal.close()
    follow(tmp_path)
    whole = [path.read_bytes() for path in files_of(tmp_path / FOLDER)]
    assert len(whole) > 3  # a file a month
    last = files_of(tmp_path / FOLDER)[-1]
    last.write_bytes(b"".join(last.read_bytes().splitlines(keepends=True)[:-9]))
    follow(tmp_path)
    assert [path.read_bytes() for path in files_of(tmp_path / FOLDER)] == whole
    assert proved(tmp_path).faults == []


def test_only_one_server_writes(tmp_path):
    first = LedgerFiles.open(tmp_path)
    with pytest.raises(LedgerTaken):
        LedgerFiles.open(tmp_path)
    first.close()
    LedgerFiles.open(tmp_path).close()


def test_rates_counted_anew_agree_with_a_plain_count_at_every_moment():
    dice = random.Random(9)  # noqa: S311 - a seed, no secret
    ends = []
    at = BEGAN
    for _ in range(300):
        at += dice.choice((-5.0, 0.0, 600.0, 7200.0))
        ends.append((at, dice.choice(OUTCOMES), dice.choice((0.0, 1.9, 2.1))))
    recount = Recount(ends)
    for place, moment in enumerate(recount.times):
        for measure in MEASURES:
            inside = [
                "abandoned" if outcome == "connected" and waited > 2 else outcome
                for when, (_, outcome, waited) in zip(recount.times[: place + 1], ends[: place + 1], strict=True)
                if when > moment - measure.window
            ]
            tally = recount.at(measure, place)
            gone = inside.count("gone") if measure.base == "answered" else 0
            assert tally.abandoned == inside.count("abandoned")
            assert tally.persons == inside.count("connected") + inside.count("abandoned") + gone


def test_the_command_tells_what_holds_and_ends_so(sealed, capsys, monkeypatch):
    config = sealed / "switchroom.toml"
    config.write_text(f'[server]\ndata = "{sealed}"\n[journal]\nurl = "{url(sealed)}"\n')
    assert audit_campaign("cards", "", "now", config, as_json=True) == 1  # a third of all are abandoned here
    told = json.loads(capsys.readouterr().out)
    assert told["sound"] is True
    assert [law["rules"] for law in told["laws"]] == ["us@2026.1", "uk@2026.1", "cn@2026.1"]
    assert not told["laws"][0]["is_kept"]
    assert audit_campaign("cards", "", "now", config, as_json=False) == 1
    assert "The chain holds" in capsys.readouterr().out
