"""The autopilot of a served floor: it acts for a caller whom nobody can serve, survives a kill, and is undone."""

import json
import os
import signal
import subprocess
import sys

import pytest
from test_serve_command import PROGRAM, TREE, server_of, site, wait_until  # noqa: F401 - the fixture is used by name

pytestmark = pytest.mark.live

BOUNDS = """\
cards:
  steps:
    - dialler: 25
  act_below: 98
  undo_above: 99
  sure: 1s
  hold: 10s
"""


def test_it_acts_with_a_reason_survives_a_kill_and_is_undone_by_a_supervisor(site):
    (site.folder / "dialplans" / "autopilot.yaml").write_text(BOUNDS)
    watchdog = site.serve()
    caller = None
    try:
        wait_until(site.ready, site.errors)
        (passwords,) = site.folder.rglob("first-passwords.txt")
        words = dict(line.split() for line in passwords.read_text().splitlines())
        secret = site.folder / "secret"
        secret.write_text(words["supervisor"])
        secret.chmod(0o600)

        def seen(*more):
            told = site.command("autopilot", "--password-file", str(secret), "--json", *more)
            return json.loads(told.stdout) if told.returncode == 0 else {"acts": [], "trouble": told.stderr}

        assert seen()["is_there"]
        config = str(site.folder / "switchroom.toml")
        keys = "wait 3; 1; wait 3; 1; wait 250"
        call = ["call", "4008001", "--keys", keys, "--patience", "240", "--talk", "0", "--config", config]
        caller = subprocess.Popen(  # noqa: S603  our own interpreter runs our own program
            [sys.executable, "-c", PROGRAM, *call], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(TREE)},
        )  # fmt: skip
        wait_until(lambda: seen()["acts"], lambda: f"{seen()} {site.errors()}")
        view = seen()
        (act,) = view["acts"]
        assert (act["queue"], act["kind"], act["amount"], act["seats"]) == ("cards", "dialler", 0.25, 0)
        assert act["share"] == 0.0
        assert view["pace"] == 0.25

        first = server_of(watchdog.pid)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: server_of(watchdog.pid) not in {0, first}, site.errors)
        wait_until(site.ready, site.errors)
        assert seen()["acts"] == [act]

        undone = seen("--undo", act["act"])
        assert (undone["acts"], undone["pace"]) == ([], 1.0)
        assert seen("--turn", "off")["on"] is False
        replayed = site.command("replay", "--json")
        assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    finally:
        if caller is not None:
            caller.kill()
            caller.wait()
        watchdog.terminate()
        watchdog.wait(timeout=60)
