"""What is written for a private Asterisk, and the carrier's words."""

from __future__ import annotations

import configparser
import json
import math
import stat
import wave
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from cti.asterisk import carrier, music
from cti.asterisk.layout import write_layout
from cti.asterisk.package import Package
from cti.asterisk.settings import ExchangeSettings, Phone, Role, SettingsError, Trunk, keep_secrets
from switchroom.own_asterisk import music_in

pytestmark = pytest.mark.unit


REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def package(tmp_path: Path) -> Package:
    documents = tmp_path / "package/share"
    (documents / "documentation").mkdir(parents=True)
    (documents / "sounds/en_US_f_Allison").mkdir(parents=True)
    (documents / "documentation/core-en_US.xml").write_text(
        '<docs><function name="LEN" language="en_US"><synopsis>long</synopsis></function>'
        '<configInfo name="res_x"><xi:include xpointer="y"/><configFile name="x.conf"/></configInfo></docs>'
    )
    return Package(("asterisk",), tmp_path, tmp_path / "modules", documents, (22, 10, 1))


@pytest.fixture
def settings(tmp_path: Path) -> ExchangeSettings:
    return ExchangeSettings(
        name="a1", folder=tmp_path / "a1", sip_port=5060, ami_port=5038, agi_port=4573,
        phones=(Phone("alice"), Phone("bob", "known-secret")), trunks=(Trunk("carrier", "192.0.2.7", 5070),),
    )  # fmt: skip


def ini(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, comment_prefixes=(";",), delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string("\n".join(line.replace("=>", "=") for line in path.read_text().splitlines()))
    return parser


def test_every_directory_lies_below_the_folder_or_in_the_package(settings, package):
    layout = write_layout(settings, package)
    asterisk = ini(layout.conf)
    for key, value in asterisk["directories"].items():
        home = package.modules if key == "astmoddir" else settings.folder
        assert Path(value).is_relative_to(home), key
    assert asterisk["options"]["systemname"] == "a1"
    assert asterisk["options"]["live_dangerously"] == "no"


def test_everything_written_is_for_its_owner_only(settings, package):
    write_layout(settings, package)
    for path in [settings.folder, *settings.folder.rglob("*")]:
        if not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 or path.suffix in (".wav", ".ulaw"), path


def test_no_placeholder_is_left(settings, package):
    layout = write_layout(settings, package)
    for path in layout.conf.parent.iterdir():
        if path.name != "extensions.conf":
            assert "$" not in path.read_text(), path.name


def test_the_dialplan_is_the_shipped_one_and_short(settings, package):
    layout = write_layout(settings, package)
    shipped = (REPOSITORY / "asterisk-config/extensions.conf").read_text()
    assert (layout.conf.parent / "extensions.conf").read_text() == shipped
    assert len(shipped.splitlines()) < 60
    assert "_X." not in shipped
    assert "_." not in shipped


def test_secrets_are_made_once_and_kept(settings, package):
    first = write_layout(settings, package).secrets
    again = write_layout(settings, package).secrets
    assert first == again
    assert first.phones["bob"] == "known-secret"
    assert len({first.ami, first.agi_token, first.phones["alice"]}) == 3
    assert min(len(first.ami), len(first.agi_token)) >= 32
    kept = settings.folder / "secrets.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    more = write_layout(replace(settings, phones=(*settings.phones, Phone("carol"))), package).secrets
    assert more.phones["alice"] == first.phones["alice"]
    assert more.phones["carol"]


def test_a_phone_that_left_keeps_its_secret_for_its_return(tmp_path):
    first = keep_secrets(tmp_path, (Phone("alice"),))
    keep_secrets(tmp_path, ())
    assert keep_secrets(tmp_path, (Phone("alice"),)).phones == first.phones
    assert json.loads((tmp_path / "secrets.json").read_text())["ami"] == first.ami


def test_ami_lets_only_the_whitelisted_events_and_least_classes_through(settings, package):
    text = (write_layout(settings, package).conf.parent / "manager.conf").read_text()
    wanted = {
        "FullyBooted",
        "Hangup",
        "OriginateResponse",
        "BridgeEnter",
        "Newstate",
        "UserEvent",
        "ContactStatus",
        "DialState",
    }
    lines = [line for line in text.splitlines() if line.startswith("eventfilter")]
    assert lines == [line for line in lines if line.startswith("eventfilter(action(include),name(")]
    assert {line.split("name(")[1].split(")")[0] for line in lines} == wanted
    assert "read = system,call,user\n" in text
    assert "write = originate,call,reporting\n" in text
    assert "bindaddr = 127.0.0.1\n" in text
    assert "writetimeout = 10000\n" in text


def test_phones_dial_nothing_and_trunks_are_callers(settings, package):
    text = (write_layout(settings, package).conf.parent / "pjsip.conf").read_text()
    assert "[switchroom-phone](!,switchroom-media)\ncontext = switchroom-phone\n" in text
    assert "[switchroom-phone]" not in (REPOSITORY / "asterisk-config/extensions.conf").read_text()
    assert "context = switchroom-in\n" in text
    assert "[alice](switchroom-phone)" in text
    assert "match = 192.0.2.7\n" in text
    assert "contact = sip:192.0.2.7:5070\n" in text


def test_a_carrier_has_its_own_dialplan(settings, package):
    layout = write_layout(replace(settings, role=Role.CARRIER), package)
    text = (layout.conf.parent / "extensions.conf").read_text()
    assert "[caller]" in text
    assert "[switchroom-in]" not in text
    assert "context = customer\n" in (layout.conf.parent / "pjsip.conf").read_text()


def test_documentation_is_cut_to_what_asterisk_insists_on(settings, package):
    write_layout(settings, package)
    cut = (settings.folder / "data/documentation/core-en_US.xml").read_text()
    assert '<configInfo name="res_x">' in cut
    assert "xi:include" not in cut
    assert "long" not in cut
    assert '<function name="LEN"' in cut


def test_too_long_a_folder_gets_a_short_place_for_its_socket(settings, package, tmp_path):
    layout = write_layout(replace(settings, folder=tmp_path / ("deep" * 20)), package)
    assert len(str(layout.run / "asterisk.ctl")) <= 100
    assert stat.S_IMODE(layout.run.stat().st_mode) == 0o700
    layout.run.rmdir()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "a 1"}, "name 'a 1'"),
        ({"name": "a\r\nb"}, "letters, digits"),
        ({"sip_port": 0}, "sip_port 0"),
        ({"rtp_ports": (20000, 20001)}, "rtp_ports 20000-20001"),
        ({"phones": (Phone("1001"),)}, "needs a letter"),
        ({"phones": (Phone("alice", "a;b"),)}, "phone alice: the secret"),
        ({"phones": (Phone("x1"), Phone("x1"))}, "'x1' is used twice"),
        ({"trunks": (Trunk("t", "1.2.3.4\nmatch=0.0.0.0/0"),)}, "trunk t"),
        ({"recordings": Path("/var/a;b")}, "folder '/var/a;b'"),
        ({"applications": ("app_queue.so\nload = x",)}, "application"),
    ],
)
def test_settings_that_would_break_a_file_are_refused_before_anything_is_written(settings, package, change, told):
    with pytest.raises(SettingsError, match=told):
        write_layout(replace(settings, **change), package)
    assert not settings.folder.exists()


def test_the_music_is_twenty_seconds_that_join_without_a_click(tmp_path):
    folder = music.write_hold_music(tmp_path / "music")
    with wave.open(str(folder / "hold.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (8000, 1, 160000)
    samples = music.compose()
    steps = max(abs(a - b) for a, b in pairwise(samples))
    assert abs(samples[0] - samples[-1]) <= steps
    loudest = max(map(abs, samples))
    assert 1500 < loudest < 8000
    seconds = [samples[at : at + 8000] for at in range(0, 160000, 8000)]
    levels = [math.sqrt(sum(sample * sample for sample in second) / 8000) for second in seconds]
    assert min(levels) > 0.4 * max(levels), "no second falls silent"


@pytest.mark.parametrize(
    ("sample", "code"), [(0, 0xFF), (32767, 0x80), (-32768, 0x00), (1000, 0xCE), (-1000, 0x4E), (7, 0xFE)]
)
def test_ulaw_is_g711(sample, code):
    assert music.to_ulaw(music.array("h", [sample]))[0] == code


# ── the carrier's words ───────────────────────────────────────────────────────────────────────────────────


def test_a_caller_becomes_an_originate_and_a_nasty_name_stays_a_name():
    caller = carrier.Caller(
        "k.1", "800", keys="W12#", caller_number="4711", caller_name='Ann "x" <9>\r\nAction: Logoff'
    )
    headers, variables = carrier.originate_caller(caller)
    assert headers["Channel"] == "PJSIP/800@exchange"
    assert headers["CallerID"] == '"Ann x 9Action: Logoff" <4711>'
    assert variables["KEYS"] == "W12#"
    assert variables["PATIENCE"] == "60.000"
    assert "REPLY" not in variables


def test_an_account_is_read_from_the_event_and_from_the_database():
    line = "talked|caller|1795293984348|1795293985850|1795293987649|16"
    told = carrier.read_account({"UserEvent": "CarrierCall", "Call": "k1", "Account": line})
    kept = carrier.read_account({"Event": "DBGetTreeResponse", "Key": "/carrier-calls/k1", "Val": line})
    assert told == kept == carrier.Account(
        "k1", carrier.Outcome.TALKED, "caller", 1795293984.348, 1795293985.850, 1795293987.649, 16
    )  # fmt: skip
    gone = carrier.read_account(
        {"UserEvent": "CarrierCall", "Call": "k2", "Account": "refused|exchange|||1795293991655|0"}
    )
    assert gone is not None
    assert gone.greeted_at is None
    assert carrier.read_account({"UserEvent": "Other"}) is None


def test_a_campaigns_customers_are_known_by_their_numbers_and_many():
    assert carrier.customer_number(carrier.Who.BUSY, 9, 41) == "+12023237041"
    numbers = {carrier.customer_number(who, place, 7) for who in carrier.Who for place in range(176)}
    assert len(numbers) == 176 * len(carrier.Who)
    line = "told|customer|1000||5000|16|+12023207041|2000|3000|4500"
    told = carrier.read_account({"UserEvent": "CarrierCall", "Call": "k1", "Account": line})
    assert told is not None
    assert told.who is carrier.Who.PERSON
    assert (told.answered_at, told.spoken_at, told.told_at) == (2.0, 3.0, 4.5)


def test_each_folder_of_music_becomes_a_class_of_its_own(tmp_path, settings, package):
    for name in ("soft", "brass"):
        (tmp_path / "music" / name).mkdir(parents=True)
    found = music_in(tmp_path / "music")
    assert [name for name, _ in found] == ["brass", "soft"]
    layout = write_layout(replace(settings, classes=found), package)
    text = (layout.folder / "etc/musiconhold.conf").read_text(encoding="utf-8")
    assert f"[soft]\nmode = files\ndirectory = {tmp_path}/music/soft\n" in text
    with pytest.raises(SettingsError, match="music 'De fault' is no name"):
        write_layout(replace(settings, classes=(("De fault", tmp_path),)), package)
