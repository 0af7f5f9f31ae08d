"""What the dialplan alone does with a waiting caller: music, sounds between, a key, an agent in the middle of it."""

from __future__ import annotations

import pytest
from patience import PATIENCE, until
from stage import account, channels, hold_then_end, leave, place, press, read_wav, ring_leg, strength, waiting

from cti.asterisk.music import tone, write_wav
from cti.asterisk.settings import Phone, Trunk
from switchroom.own_asterisk import music_in

pytestmark = pytest.mark.live

HERTZ = 1230  # no note of the hold music


@pytest.fixture
def beep(tmp_path) -> str:
    write_wav(tmp_path / "beep.wav", tone(HERTZ, 2.0, 12_000))
    return str(tmp_path / "beep")


@pytest.fixture
def exchange(start_asterisk, ports, tmp_path):
    """The exchange of every dialplan test, with one more class of music: a tone."""
    (tmp_path / "music/brass").mkdir(parents=True)
    write_wav(tmp_path / "music/brass/tone.wav", tone(HERTZ, 1.0, 12_000))
    return start_asterisk(
        name="exchange", sip_port=ports["exchange"], phones=(Phone("alice"), Phone("bob")),
        trunks=(Trunk("carrier", "127.0.0.1", ports["carrier"]),), classes=music_in(tmp_path / "music"),
    )  # fmt: skip


def tell(ami, call: str, sounds: str, listen: float = 0.1) -> None:
    for variable, value in (("SR_SAY1", sounds), ("SR_LISTEN", str(listen))):
        ami.ask("Setvar", {"Channel": call, "Variable": variable, "Value": value})
    ami.ask("Redirect", {"Channel": call, "Context": "switchroom-hold", "Exten": "tell", "Priority": "1"})


def hear(ami, call: str) -> None:
    until(lambda: channels(ami, Uniqueid=call, Application="Read"), what="the announcement")


def more(record, seconds: float) -> None:
    """Wait until so much more has been recorded."""
    before = record.stat().st_size
    until(lambda: record.stat().st_size > before + seconds * 16_000, "what the caller hears")


def loudest(samples, hertz: int = HERTZ) -> float:
    return max(strength(samples[at : at + 800], hertz) for at in range(0, len(samples) - 800, 800))


def test_a_waiting_caller_hears_it_then_music_and_the_door_is_not_asked(ami, outside, open_door, tmp_path, beep):
    door = open_door(hold_then_end)
    place(outside, "k1", keys="", record=str(tmp_path / "heard"))
    call = waiting(ami)[0]["Uniqueid"]
    tell(ami, call, f"{beep}&{beep}")
    hear(ami, call)
    waiting(ami)
    more(tmp_path / "heard.wav", 1.5)
    leave(outside)
    account(outside, "k1")
    assert len(door.visits) == 1
    heard = read_wav(tmp_path / "heard.wav")
    assert loudest(heard) > 3000
    seconds = [strength(heard[at : at + 800], HERTZ) > 3000 for at in range(0, len(heard) - 800, 800)]
    assert 35 <= sum(seconds) <= 42, "both sounds, whole"
    assert not any(seconds[-5:]), "and music again"


@pytest.mark.parametrize(("music", "tones"), [("brass", True), ("", False), ("nobody-knows", False)])
def test_he_waits_with_the_music_that_was_asked_for_or_the_usual_one(  # noqa: PLR0917 - fixtures
    ami, outside, open_door, tmp_path, music, tones
):
    def script(told, command):
        command(f'SET VARIABLE SR_MUSIC "{music}"')
        command("SET VARIABLE SR_DONE hold")

    open_door(script)
    place(outside, "k1", keys="", record=str(tmp_path / "heard"))
    waiting(ami)
    more(tmp_path / "heard.wav", 3.0)
    leave(outside)
    account(outside, "k1")
    heard = read_wav(tmp_path / "heard.wav")[-16_000:]
    seconds = [strength(heard[at : at + 800], HERTZ) > 3000 for at in range(0, len(heard) - 800, 800)]
    assert (sum(seconds) > len(seconds) // 2) is tones
    level = max(abs(sample) for sample in heard)
    assert level > 1000, "it is music in any case"


def test_a_key_brings_him_to_the_door_with_what_he_pressed(ami, outside, open_door, beep):
    def script(told, command):
        command('SET VARIABLE SR_KEY ""')
        command(f"SET VARIABLE SR_DONE {'end' if told.get('agi_arg_8') else 'hold'}")

    door = open_door(script)
    place(outside, "k1")
    call = waiting(ami)[0]["Uniqueid"]
    tell(ami, call, f"{beep}&{beep}&{beep}", 30.0)
    hear(ami, call)
    press(outside, "1")
    account(outside, "k1")
    assert [visit["agi_arg_8"] for visit in door.visits] == ["", "1"]


def test_a_key_survives_that_nobody_is_at_the_door(exchange, ami, outside, open_door, beep):
    door = open_door(hold_then_end)
    place(outside, "k1")
    call = waiting(ami)[0]["Uniqueid"]
    door.close()
    tell(ami, call, f"{beep}&{beep}&{beep}", 30.0)
    hear(ami, call)
    press(outside, "1")
    until(lambda: "FastAGI failed" in exchange.layout.messages.read_text(), what="a knock that nobody answers")

    def end(told, command):
        command("SET VARIABLE SR_DONE end")

    again = open_door(end)
    account(outside, "k1")
    assert again.visits[0]["agi_arg_8"] == "1"


def test_an_agent_who_answers_in_the_middle_has_the_caller_at_once(ami, outside, open_door, tmp_path, beep):
    open_door(hold_then_end)
    place(outside, "k1", talk=2.0, record=str(tmp_path / "heard"))
    call = waiting(ami)[0]["Uniqueid"]
    tell(ami, call, "&".join([beep] * 8))
    hear(ami, call)
    leg = ring_leg(ami, call)
    ami.await_event("BridgeEnter", within=PATIENCE, Uniqueid=call)
    until(lambda: channels(ami, Uniqueid=leg), what="the leg")
    told = account(outside, "k1")
    assert str(told.outcome) == "talked"
    heard = read_wav(tmp_path / "heard.wav")
    last = heard[-8000:]
    assert strength(last, HERTZ) < 500, "the talk, not the announcement"
