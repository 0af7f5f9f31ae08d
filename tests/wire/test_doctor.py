"""The doctor's looks at ports, peers and folders, each well and ill."""

import contextlib
import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchroom import doctor, reachable
from switchroom.config import load
from switchroom.settings import Settings

pytestmark = pytest.mark.wire


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en")


@contextlib.contextmanager
def listening(greeting: bytes = b"") -> Iterator[int]:
    """Accept on a free port and greet each caller."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            with contextlib.suppress(OSError):
                while True:
                    caller, _ = server.accept()
                    with caller:
                        caller.sendall(greeting)

        threading.Thread(target=greet, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def settings_for(folder: Path, text: str = "") -> Settings:
    (folder / "switchroom.toml").write_text(text)
    return load(folder / "switchroom.toml", {}).settings


def found(settings: Settings, name: str) -> list[doctor.Finding]:
    return [finding for finding in doctor.examine(settings) if finding.name == name]


def test_a_taken_port_is_a_fault_with_its_number(tmp_path):
    with listening() as port:
        ports = found(settings_for(tmp_path, f"[http]\nport = {port}\n"), "port")
    assert ports[0].state is doctor.State.FAULT
    assert str(port) in ports[0].text
    assert ports[0].remedy


def test_a_taken_udp_port_is_seen(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert not reachable.is_free("127.0.0.1", port, "udp")
    assert reachable.is_free("127.0.0.1", port, "udp")


def test_an_address_that_is_not_ours_is_not_free():
    assert not reachable.is_free("192.0.2.1", 8080, "tcp")


def test_an_asterisk_is_known_by_its_greeting():
    with listening(b"Asterisk Call Manager/11.0.0\r\n") as port:
        assert reachable.is_asterisk("127.0.0.1", port)
    with listening(b"SSH-2.0-x\r\n") as port:
        assert not reachable.is_asterisk("127.0.0.1", port)
        assert reachable.is_open("127.0.0.1", port)
    assert not reachable.is_asterisk("127.0.0.1", port)


def test_an_asterisk_that_says_nothing_does_not_hold_us_up(monkeypatch):
    monkeypatch.setattr(reachable, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert not reachable.is_asterisk("127.0.0.1", silent.getsockname()[1])


class Health(http.server.BaseHTTPRequestHandler):
    code = 200

    def do_GET(self) -> None:
        self.send_response(self.code if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@pytest.mark.parametrize(("code", "ours"), [(200, True), (503, True), (404, False)])
def test_our_server_is_known_by_its_health(code, ours):
    answer = type("Health", (Health,), {"code": code})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert reachable.is_our_server("127.0.0.1", server.server_port) is ours
        server.shutdown()


def foreign(folder: Path, host: str, port: int) -> Settings:
    for name in ("ami", "agi"):
        (folder / name).write_text("secret\n")
        (folder / name).chmod(0o600)
    text = f'[[node]]\nname = "a2"\nami_host = "{host}"\nami_port = {port}\n'
    return settings_for(folder, text + 'ami_secret_file = "ami"\nagi_token_file = "agi"\n')


def test_a_foreign_node_answers_or_not(tmp_path):
    with listening(b"Asterisk Call Manager/11.0.0\r\n") as port:
        assert found(foreign(tmp_path, "127.0.0.1", port), "node")[0].state is doctor.State.OK
    assert found(foreign(tmp_path, "127.0.0.1", port), "node")[0].state is doctor.State.FAULT


def test_a_node_elsewhere_without_tls_is_a_warning(tmp_path, monkeypatch):
    monkeypatch.setattr(reachable, "is_asterisk", lambda *_: True)
    states = [finding.state for finding in found(foreign(tmp_path, "192.0.2.7", 5038), "node")]
    assert states == [doctor.State.WARNING, doctor.State.OK]


def test_a_silent_broker_is_a_warning_for_facts_wait(tmp_path):
    with listening() as port:
        settings = settings_for(tmp_path, f'[bus]\nmode = "mqtt"\nurl = "mqtt://127.0.0.1:{port}"\n')
        assert found(settings, "broker")[0].state is doctor.State.OK
    assert found(settings, "broker")[0].state is doctor.State.WARNING


def test_a_missing_floor_and_open_secrets_are_seen(tmp_path):
    settings = settings_for(tmp_path)
    assert found(settings, "dialplans")[0].state is doctor.State.FAULT
    (tmp_path / "dialplans").mkdir()
    (tmp_path / "var" / "secrets").mkdir(parents=True, mode=0o755)
    assert found(settings, "dialplans")[0].state is doctor.State.OK
    assert found(settings, "data")[0].state is doctor.State.WARNING


def test_a_host_name_that_does_not_resolve_is_a_warning(tmp_path, monkeypatch):
    monkeypatch.setattr(reachable.socket, "gethostname", lambda: "no-such-host.invalid")
    monkeypatch.setattr(reachable, "PATIENCE", 0.5)
    finding = found(settings_for(tmp_path), "host")[0]
    assert finding.state is doctor.State.WARNING
    assert "/etc/hosts" in finding.remedy


def test_little_disk_is_told(tmp_path, monkeypatch):
    usage = doctor.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage._replace(free=10**9))
    assert found(settings_for(tmp_path), "disk")[0].state is doctor.State.WARNING
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage._replace(free=10**8))
    assert found(settings_for(tmp_path), "disk")[0].state is doctor.State.FAULT


def test_every_finding_that_is_not_well_has_a_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "find", lambda: None)
    monkeypatch.setattr(doctor, "newest_root", lambda _: None)
    monkeypatch.setattr(doctor.shutil, "which", lambda _: None)
    for finding in doctor.examine(settings_for(tmp_path)):
        assert bool(finding.remedy) is (finding.state is not doctor.State.OK), finding
