"""`switchroom serve` as a person runs it: its own Asterisk, its watchdog, and the commands beside it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from patience import PATIENCE
from ports import free_port, free_udp_range

pytestmark = pytest.mark.live

TREE = Path(__file__).parents[2]
PROGRAM = "from switchroom.cli import main; main()"


@dataclass
class Site:
    """A folder with a configuration on free ports, and a floor whose prompts are short recorded silences."""

    folder: Path
    http: int

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  our own interpreter runs our own program
            [sys.executable, "-c", PROGRAM, *words, "--config", str(self.folder / "switchroom.toml")],
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE,
            check=False,
            env={**os.environ, "LANGUAGE": "en", "PYTHONPATH": str(TREE)},
        )

    def serve(self) -> subprocess.Popen[str]:
        with (self.folder / "errors").open("a") as errors:
            return subprocess.Popen(  # noqa: S603  our own interpreter runs our own program
                [sys.executable, "-c", PROGRAM, "serve", "--config", str(self.folder / "switchroom.toml")],
                stderr=errors,
                text=True,
                env={**os.environ, "LANGUAGE": "en", "PYTHONPATH": str(TREE)},
            )

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/readyz", timeout=2) as answer:
                return bool(json.load(answer)["ready"])
        except (OSError, urllib.error.HTTPError, ValueError):
            return False

    def errors(self) -> str:
        return (self.folder / "errors").read_text()


def wait_until(true: Callable[[], object], told: Callable[[], str]) -> None:
    deadline = time.monotonic() + 2 * PATIENCE
    while not true():
        assert time.monotonic() < deadline, told()
        time.sleep(0.02)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    shutil.copytree(TREE / "tests" / "floors" / "hotline", tmp_path / "dialplans")
    for catalogue in (tmp_path / "dialplans" / "prompts").glob("*.yaml"):
        (catalogue.parent / catalogue.stem).mkdir(exist_ok=True)
        for name in yaml.safe_load(catalogue.read_text(encoding="utf-8")):
            with wave.open(str(catalogue.parent / catalogue.stem / f"{name}.wav"), "wb") as sound:
                sound.setparams((1, 2, 8000, 0, "NONE", ""))
                sound.writeframes(bytes(1600))
    first, last = free_udp_range()
    found = Site(tmp_path, free_port())
    (tmp_path / "switchroom.toml").write_text(f"""
[http]
port = {found.http}
[agi]
port = {free_port()}
[[node]]
name = "a1"
own = true
ami_port = {free_port()}
sip_port = {free_port()}
rtp_from = {first}
rtp_to = {last}
""")
    yield found
    found.command("asterisk", "stop")


def server_of(watchdog: int) -> int:
    children = Path(f"/proc/{watchdog}/task/{watchdog}/children").read_text().split()
    servers = [int(pid) for pid in children if lives_and_serves(int(pid))]
    assert len(servers) <= 1, "two servers run at once"
    return servers[0] if servers else 0


def lives_and_serves(pid: int) -> bool:
    """Whether it is a server: no Asterisk, and not dead, with its watchdog about to look at it or done with that."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return words != "" and "asterisk" not in words


def test_a_server_is_served_killed_replaced_and_ended_and_its_asterisk_goes_on(site):
    watchdog = site.serve()
    try:
        wait_until(site.ready, site.errors)
        first = server_of(watchdog.pid)
        assert site.command("asterisk", "check").returncode == 0
        called = site.command("call", "4008001", "--talk", "0", "--json")
        assert json.loads(called.stdout)["answered"], called.stderr
        assert called.returncode == 0

        os.kill(first, signal.SIGKILL)
        wait_until(lambda: server_of(watchdog.pid) not in {0, first}, site.errors)
        wait_until(site.ready, site.errors)

        replayed = site.command("replay", "--json")
        assert replayed.returncode == 0, replayed.stdout + replayed.stderr
        assert json.loads(replayed.stdout)["servers"] >= 1
        assert site.command("report", "--json").returncode == 0
        findings = json.loads(site.command("doctor", "--json").stdout)
        ports = [finding for finding in findings if finding["name"] == "port"]
        assert len(ports) == 4
        assert {finding["state"] for finding in ports} == {"ok"}

        watchdog.terminate()
        assert watchdog.wait(timeout=PATIENCE) == 0, site.errors()
    finally:
        watchdog.kill()
        watchdog.wait()
    assert site.command("asterisk", "check").returncode == 0, "the Asterisk must outlive the server"
    stopped = json.loads(site.command("asterisk", "stop", "--json").stdout)
    assert stopped[0]["pid"]
    assert site.command("asterisk", "check").returncode == 1


def test_an_own_asterisk_that_dies_is_started_again(site):
    watchdog = site.serve()
    try:
        wait_until(site.ready, site.errors)
        before = json.loads(site.command("asterisk", "check", "--json").stdout)[0]["pid"]
        os.kill(before, signal.SIGKILL)

        def again() -> bool:
            found = json.loads(site.command("asterisk", "check", "--json").stdout)[0]
            return found["sound"] and found["pid"] != before

        wait_until(again, site.errors)
        wait_until(site.ready, site.errors)
    finally:
        watchdog.terminate()
        watchdog.wait(timeout=PATIENCE)


def test_a_faulty_floor_is_told_and_nothing_is_started(site):
    (site.folder / "dialplans" / "queues.yaml").write_text("cards:\n  rings_for: 20\n")
    watchdog = site.serve()
    assert watchdog.wait(timeout=PATIENCE) == 2
    assert "queues.yaml:2" in site.errors()
    assert not (site.folder / "var").exists()
