"""The production configuration of asterisk-config/ and docker/, started as the image starts it, takes a real call."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from patience import PATIENCE, until
from stage import Door, account, channels, hold_then_end, place, ring_leg, waiting

from cti.asterisk.daemon import Daemon
from cti.asterisk.settings import Secrets

pytestmark = pytest.mark.live

REPOSITORY = Path(__file__).parents[2]


def written_by_the_image(place_for: Path, ports: dict[str, int], ami: int, agi: int) -> Path:
    """Do what the Dockerfile and the start script do, below a folder; return the configuration folder."""
    etc = place_for / "etc"
    etc.mkdir(parents=True)
    environment = {**os.environ, "NODE_NAME": "a1", "ASTERISK_ETC": str(etc), "SECRETS": str(place_for / "secrets")}
    environment |= {"RECORDINGS": str(place_for / "data/recordings"), "MUSIC": str(place_for / "data/music")}
    environment |= {"ASTERISK": "true", "OWNER": f"{os.getuid()}:{os.getgid()}"}
    environment["PATH"] = f"{REPOSITORY / '.venv/bin'}:{environment['PATH']}"
    for name in ("extensions.conf", "manager.conf", "pjsip.conf", "modules.conf", "confbridge.conf", "amd.conf"):
        text = (REPOSITORY / "asterisk-config" / name).read_text()
        text = text.replace("port = 5038", f"port = {ami}").replace("0.0.0.0:5060", f"127.0.0.1:{ports['exchange']}")
        (etc / name).write_text(text)
    trunks = (REPOSITORY / "docker/trunks.conf").read_text()
    (etc / "switchroom-trunks.conf").write_text(
        trunks.replace("5080", str(ports["carrier"])).replace("local", "carrier")
    )
    (place_for / "secrets").mkdir()
    makers = (["make-secrets.sh", str(place_for / "secrets"), str(place_for / "data")], ["asterisk-start.sh"])
    for script, *words in makers:
        command = ["sh", str(REPOSITORY / "docker" / script), *words]
        subprocess.run(command, env=environment, cwd=REPOSITORY, check=True)  # noqa: S603 (our own words)
    globals_file = etc / "switchroom-globals.conf"
    globals_file.write_text(globals_file.read_text().replace(":4573/", f":{agi}/"))
    return etc


def test_a_call_runs_through_the_production_configuration(tmp_path, ports, package, start_asterisk, carrier):
    spare = start_asterisk(name="spare")  # lends its ports and the folders that a package would have
    spare.daemon.stop()
    ami, agi = spare.layout.ami_port, spare.settings.agi_port
    etc = written_by_the_image(tmp_path / "image", ports, ami, agi)
    folders = spare.layout.conf.read_text().split("[options]")[0].replace(str(spare.layout.conf.parent), str(etc))
    options = (etc / "asterisk.conf").read_text().split("[directories]")[0]
    (etc / "asterisk.conf").write_text(folders + options)
    (etc / "indications.conf").write_text((spare.layout.conf.parent / "indications.conf").read_text())

    secret = (tmp_path / "image/secrets/ami").read_text().strip()
    layout = replace(spare.layout, conf=etc / "asterisk.conf", secrets=Secrets(secret, ""))
    daemon = Daemon(layout, package, dies_with_us=True)
    door = Door(agi, hold_then_end)
    daemon.start(within=2 * PATIENCE)
    try:
        assert daemon.missing_modules() == ()
        with daemon.probe(patience=PATIENCE) as seen, carrier.daemon.probe(patience=PATIENCE) as outside:
            place(outside, "k1", talk=1.0)
            call = waiting(seen)[0]["Uniqueid"]
            assert call.startswith("a1-")
            leg = ring_leg(seen, call, recording="k1")
            told = account(outside, "k1")
            assert (told.outcome, told.ended_by) == ("talked", "caller")
            last = seen.await_event("UserEvent", within=PATIENCE, UserEvent="SwitchroomEnded")["Last"]
            assert last.split("|")[3] == leg
            until(lambda: not channels(seen), what="no channel left")
        token = (tmp_path / "image/secrets/agi").read_text().strip()
        assert door.visits[0]["agi_network_script"] == token
        kept = tmp_path / "image/data/recordings/k1-agent.wav"
        until(lambda: kept.stat().st_size > 8000, what="a recording that Asterisk has closed")
    finally:
        door.close()
        daemon.stop(within=0.0)
