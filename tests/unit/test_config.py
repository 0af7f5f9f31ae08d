"""switchroom.toml and the environment: what is in force, and every fault at once with its remedy."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from switchroom.config import load
from switchroom.config_faults import ConfigError, Fault
from switchroom.secret_files import SecretError, make_secret, read_secret
from switchroom.settings import BusMode, Settings, anchored

pytestmark = pytest.mark.unit

SHIPPED = Path(__file__).parents[2] / "switchroom.toml"


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en")


def written(folder: Path, text: str) -> Path:
    file = folder / "switchroom.toml"
    file.write_text(text, encoding="utf-8")
    return file


def faults_of(folder: Path, text: str, environ: dict[str, str] | None = None) -> dict[str, Fault]:
    with pytest.raises(ConfigError) as caught:
        load(written(folder, text), environ or {})
    keys = [fault.key for fault in caught.value.faults]
    assert len(keys) == len(set(keys)), "a key was blamed twice"
    return {fault.key: fault for fault in caught.value.faults}


def test_the_shipped_file_says_exactly_the_defaults():
    assert load(SHIPPED, {}).settings == anchored(Settings(), SHIPPED.parent)


def test_every_key_is_in_the_shipped_file():
    text = SHIPPED.read_text()
    for name, field in Settings.model_fields.items():
        section = field.default
        for key in type(section[0] if name == "nodes" else section).model_fields:
            assert f"{key} = " in text, f"{name}.{key} is not explained"


def test_without_a_file_the_defaults_work_in_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = load(environ={})
    assert found.file is None
    assert found.settings.journal.url == f"sqlite:///{tmp_path}/var/journal.db"
    assert found.settings.nodes[0].own


def test_the_working_folders_file_is_found_and_one_that_is_named_wins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "[http]\nport = 1001\n")
    other = tmp_path / "other.toml"
    other.write_text("[http]\nport = 1002\n")
    assert load(environ={}).settings.http.port == 1001
    assert load(environ={"SWITCHROOM_CONFIG": str(other)}).settings.http.port == 1002
    assert load(other, {"SWITCHROOM_CONFIG": "nowhere"}).settings.http.port == 1002


def test_the_environment_goes_before_the_file_and_origins_tell(tmp_path):
    file = written(tmp_path, '[http]\nport = 1001\n\n[server]\nlanguage = "zh-CN"\n')
    found = load(file, {"SWITCHROOM_HTTP__PORT": "1003", "SWITCHROOM_BUS__MODE": "in_process"})
    assert found.settings.http.port == 1003
    assert found.settings.bus.mode is BusMode.IN_PROCESS
    assert found.origins["http.port"] == "SWITCHROOM_HTTP__PORT"
    assert found.origins["server.language"] == "switchroom.toml:5"
    assert "log.level" not in found.origins


def test_text_that_looks_like_a_number_stays_text(tmp_path):
    found = load(written(tmp_path, ""), {"SWITCHROOM_BUS__USERNAME": "0017"})
    assert found.settings.bus.username == "0017"


def test_the_default_node_can_be_changed_by_variables_alone(tmp_path):
    environ = {"SWITCHROOM_NODE__1__SIP_PORT": "5062", "SWITCHROOM_NODE__1__TRUNKS": "10.0.0.1, 10.0.0.2"}
    node = load(written(tmp_path, ""), environ).settings.nodes[0]
    assert (node.name, node.own, node.sip_port) == ("a1", True, 5062)
    assert node.trunks == ("10.0.0.1", "10.0.0.2")


def test_variables_of_others_are_left_alone(tmp_path):
    load(written(tmp_path, ""), {"SWITCHROOM_DEBIAN_MIRROR": "x", "SWITCHROOM": "y", "HTTP__PORT": "z"})


def test_relative_paths_start_at_the_file(tmp_path):
    found = load(written(tmp_path, '[server]\ndata = "d"\ndialplans = "/elsewhere"\n'), {}).settings
    assert found.server.data == tmp_path / "d"
    assert found.server.dialplans == Path("/elsewhere")
    assert found.nodes[0].ami_secret_file == tmp_path / "d/secrets/a1-ami"


def test_every_fault_is_told_at_once_with_place_and_remedy(tmp_path):
    text = """
[htp]
port = 1

[http]
prt = 80
port = "eighty"

[bus]
mode = "mqt"

[agi]
port = 70000

[server]
timezone = "Mars/Olympus"

[[node]]
own = true

[[node]]
name = "Bad Name"
own = yes_please
""".replace("yes_please", '"yes"')
    found = faults_of(tmp_path, text, {"SWITCHROOM_LOG__LEVL": "info"})
    assert set(found) == {
        "htp", "http.prt", "http.port", "bus.mode", "agi.port", "server.timezone", "node.1.name",
        "node.2.name", "node.2.own", "log.levl",
        # found although its own table is at fault elsewhere
        "node.2.ami_secret_file", "node.2.agi_token_file",
    }  # fmt: skip
    assert found["htp"].remedy == "did you mean http?"
    assert found["http.prt"].remedy == "did you mean port?"
    assert found["http.port"].origin == "switchroom.toml:7"
    assert "'eighty'" in found["http.port"].problem
    assert found["bus.mode"].remedy == "use none, in_process or mqtt"
    assert found["agi.port"].remedy == "use 65535 or less"
    assert found["log.levl"].origin == "SWITCHROOM_LOG__LEVL"
    assert found["node.2.name"].origin == "switchroom.toml:22"
    assert all(fault.remedy for fault in found.values())


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[http]\nport = true\n", "http.port"),
        ('[http]\nport = "8080"\n', "http.port"),
        ("[http]\nport = 8080.5\n", "http.port"),
        ("[http]\nport = 0\n", "http.port"),
        ('[http]\nhost = "a b"\n', "http.host"),
        ('[http]\nhost = "x\\r\\ny"\n', "http.host"),
        ("[figures]\ntarget = 0\n", "figures.target"),
        ("[figures]\ntarget = nan\n", "figures.target"),
        ("[figures]\nshort = inf\n", "figures.short"),
        ("[server]\ndata = 5\n", "server.data"),
        ('[server]\ncountry = "+86"\n', "server.country"),
        ("http = 5\n", "http"),
        ("node = 5\n", "node"),
        ("node = []\n", "node"),
        ("[server]\ntimezone = 2026-01-01\n", "server.timezone"),
        ('[bus]\nurl = "http://x"\n', "bus.url"),
        ('[bus]\nurl = "mqtt://u:hunter2@x"\n', "bus.url"),
        ('[bus]\nurl = "mqtt://x:99999"\n', "bus.url"),
        ('[bus]\nurl = "mqtt://[x"\n', "bus.url"),
        ('[journal]\nurl = "mysql://x"\n', "journal.url"),
        ('[journal]\nurl = "postgresql://x:y:z"\n', "journal.url"),
        ('[server]\ntimezone = "../../etc/passwd"\n', "server.timezone"),
        ("[http]\nport = 4573\n", "agi.port"),
        ("[http]\nport = 15038\n", "node.1.ami_port"),
        ('[[node]]\nname = "a"\nown = true\nrtp_from = 30000\nrtp_to = 20000\n', "node.1.rtp_to"),
        ('[[node]]\nname = "a"\nown = true\nami_user = "a\\nb"\n', "node.1.ami_user"),
    ],
)
def test_a_single_fault_is_found_and_only_that_one(tmp_path, text, key):
    assert list(faults_of(tmp_path, text)) == [key]


def test_two_nodes_need_two_names_ports_and_ranges(tmp_path):
    node = '[[node]]\nname = "a"\nown = true\n'
    assert set(faults_of(tmp_path, node * 2)) == {
        "node.2.name",
        "node.2.ami_port",
        "node.2.sip_port",
        "node.2.rtp_to",
    }


def test_a_broken_file_is_one_fault_with_its_line(tmp_path):
    fault = faults_of(tmp_path, "[http\nport = 1\n")[""]
    assert "line 1" in fault.problem


def test_a_file_that_was_named_must_be_there(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "nowhere.toml", {})
    assert "nowhere.toml" in str(caught.value)


def test_a_file_that_is_not_text_is_a_fault(tmp_path):
    file = tmp_path / "switchroom.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError):
        load(file, {})


def foreign_node(folder: Path, mode: int) -> str:
    for name in ("ami", "agi"):
        secret = folder / name
        secret.write_text("hunter2\n")
        secret.chmod(mode)
    return '[[node]]\nname = "a2"\nami_secret_file = "ami"\nagi_token_file = "agi"\n'


def test_a_secret_that_others_can_read_is_refused_and_never_shown(tmp_path):
    found = faults_of(tmp_path, foreign_node(tmp_path, 0o644))
    assert set(found) == {"node.1.ami_secret_file", "node.1.agi_token_file"}
    assert "0644" in found["node.1.ami_secret_file"].problem
    assert "chmod 600" in found["node.1.ami_secret_file"].remedy
    assert "hunter2" not in "".join(map(str, found.values()))


def test_a_well_kept_secret_is_accepted_and_is_not_in_the_settings(tmp_path):
    settings = load(written(tmp_path, foreign_node(tmp_path, 0o600)), {}).settings
    assert read_secret(settings.nodes[0].ami_secret_file) == "hunter2"
    assert "hunter2" not in repr(settings)


def test_a_foreign_node_without_its_secret_is_a_fault_an_own_one_makes_it(tmp_path):
    assert "node.1.ami_secret_file" in faults_of(tmp_path, '[[node]]\nname = "a2"\n')


def test_an_unknown_keys_value_is_never_repeated(tmp_path):
    found = faults_of(tmp_path, '[bus]\npassword = "hunter2"\n', {"SWITCHROOM_BUS__PASSWD": "hunter3"})
    assert "hunter" not in "".join(map(str, found.values()))


def test_a_password_in_the_journals_address_needs_a_private_file(tmp_path):
    text = '[journal]\nurl = "postgresql://u:hunter2@db/x"\n'
    written(tmp_path, text).chmod(0o644)
    found = faults_of(tmp_path, text)
    assert list(found) == ["journal.url"]
    assert "hunter2" not in str(found["journal.url"])
    file = written(tmp_path, text)
    file.chmod(0o600)
    assert load(file, {}).settings.journal.url.startswith("postgresql")


def test_settings_are_frozen():
    with pytest.raises(ValidationError):
        Settings().http.port = 1


def test_a_made_secret_is_private_and_kept(tmp_path):
    first = make_secret(tmp_path / "below" / "secret")
    assert (tmp_path / "below" / "secret").stat().st_mode & 0o777 == 0o600
    assert len(first) >= 32
    assert make_secret(tmp_path / "below" / "secret") == first


@pytest.mark.parametrize("content", [b"", b"\n", b"a\nb\n", b"a\x00b", b"\xff", b"x" * 513])
def test_a_secret_file_holds_one_line_of_text(tmp_path, content):
    file = tmp_path / "secret"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(SecretError):
        read_secret(file)
