"""The private Asterisk: boot, check, end, and what its AMI user may not do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from patience import until

from cti.asterisk.daemon import Daemon, DaemonError, free_leftovers
from cti.asterisk.layout import write_layout
from cti.asterisk.probe import Probe, ProbeError

pytestmark = pytest.mark.live

# ── the daemon ────────────────────────────────────────────────────────────────────────────────────────────


def test_it_boots_sound_with_a_clean_log_and_ends_when_told(exchange):
    checkup = exchange.daemon.check()
    assert checkup.sound, checkup.faults
    assert checkup.version.startswith("Asterisk 22.")
    assert exchange.daemon.start() == checkup.pid, "starting a running one finds it"
    log = exchange.layout.messages.read_text()
    assert "ERROR" not in log
    assert "WARNING" not in log
    exchange.daemon.stop()
    assert exchange.daemon.running() is None
    assert "not running" in exchange.daemon.check().faults[0]


def test_a_stopped_one_starts_again_with_the_same_secrets(exchange):
    exchange.daemon.stop()
    pid = exchange.daemon.start()
    assert exchange.daemon.running() == pid
    with exchange.daemon.probe() as probe:
        assert probe.ask("Ping")


def test_a_missing_module_is_told(exchange):
    exchange.daemon.command("module unload app_playback.so")
    assert any("app_playback" in fault for fault in exchange.daemon.check().faults)


def test_a_frozen_one_is_told_and_killed(exchange):
    pid = exchange.daemon.running()
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(ProbeError), exchange.daemon.probe(patience=0.5) as probe:
        probe.ask("Ping")
    exchange.daemon.stop(within=0.3)
    assert exchange.daemon.running() is None


STARTER = """
import sys, time
from pathlib import Path
from cti.asterisk.daemon import Daemon
from cti.asterisk.layout import write_layout
from cti.asterisk.package import find_or_unpack
from cti.asterisk.settings import ExchangeSettings
folder, sip, ami, dies = sys.argv[1:]
package = find_or_unpack()
settings = ExchangeSettings("s", Path(folder), int(sip), int(ami), 4573)
print(Daemon(write_layout(settings, package), package, dies_with_us=dies == "yes").start(), flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("dies", ["yes", "no"])
def test_it_outlives_its_starter_unless_told_otherwise(tmp_path, ports, exchange, dies):
    exchange.daemon.stop()  # its ports are what we need
    words = [
        sys.executable,
        "-c",
        STARTER,
        str(tmp_path / "s"),
        str(ports["exchange"]),
        str(exchange.layout.ami_port),
        dies,
    ]
    starter = subprocess.Popen(  # noqa: S603 (our own words)
        words, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    pid = int(starter.stdout.readline())
    starter.kill()
    starter.wait(10)
    try:
        if dies == "yes":
            until(lambda: not Path(f"/proc/{pid}").exists(), what="ending with its starter")
        else:
            time.sleep(0.5)
            assert Path(f"/proc/{pid}").exists()
    finally:
        assert free_leftovers(tmp_path / "s") == (() if dies == "yes" else (pid,))
        until(lambda: not Path(f"/proc/{pid}").exists(), what="ending when killed")


def test_leftovers_of_another_folder_are_left_alone(exchange, tmp_path):
    assert free_leftovers(tmp_path / "exchang") == ()
    assert exchange.daemon.running()


def test_a_taken_port_is_told_before_anything_starts(exchange, package, tmp_path):
    other = replace(exchange.settings, folder=tmp_path / "other")
    daemon = Daemon(write_layout(other, package), package)
    with pytest.raises(DaemonError, match=f"sip_port {other.sip_port} .* choose another"):
        daemon.start()
    assert daemon.running() is None


def test_a_start_that_fails_tells_why_and_leaves_nothing(exchange, package):
    exchange.daemon.stop()
    (exchange.layout.folder / "data/documentation/core-en_US.xml").unlink()
    with pytest.raises(DaemonError, match="Asterisk ended at start with code"):
        exchange.daemon.start()
    assert exchange.daemon.running() is None


# ── AMI: least rights ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("action", "headers"),
    [
        ("Command", {"Command": "core show version"}),
        ("DBPut", {"Family": "x", "Key": "y", "Val": "z"}),
        ("ModuleLoad", {"LoadType": "reload"}),
        ("UpdateConfig", {"SrcFilename": "manager.conf", "DstFilename": "manager.conf"}),
        ("Originate", {"Channel": "Local/s@switchroom-door", "Application": "System", "Data": "id"}),
        ("Getvar", {"Variable": "SHELL(id)"}),
    ],
)
def test_the_ami_user_cannot_do_what_calls_do_not_need(ami, action, headers):
    with pytest.raises(ProbeError, match="refused"):
        ami.ask(action, headers)


def test_a_wrong_secret_is_refused(exchange):
    layout = exchange.layout
    with (
        pytest.raises(ProbeError, match="refused"),
        Probe("127.0.0.1", layout.ami_port, "switchroom", "guess"),
    ):
        pass


def test_a_line_break_never_reaches_ami(ami):
    with pytest.raises(ProbeError, match="line break"):
        ami.ask("Ping", {"ActionID2": "x\r\nAction: Logoff"})
