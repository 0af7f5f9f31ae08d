"""docs/tutorial.md to its end: a server, and calls over SIP, by the commands that stand there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from ports import free_port, free_udp_range
from tutorial import blocks

pytestmark = pytest.mark.live


def test_the_tutorial_calls_for_real(tmp_path):
    first, last = free_udp_range()
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("SWITCHROOM_", "LANG"))}
    surroundings |= {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "SWITCHROOM_HTTP__PORT": str(free_port()),
        "SWITCHROOM_AGI__PORT": str(free_port()),
        "SWITCHROOM_NODE__1__AMI_PORT": str(free_port()),
        "SWITCHROOM_NODE__1__SIP_PORT": str(free_port()),
        "SWITCHROOM_NODE__1__RTP_FROM": str(first),
        "SWITCHROOM_NODE__1__RTP_TO": str(last),
    }
    script = "\n".join(block.commands for block in blocks())  # one shell: the server is its child
    shell = subprocess.Popen(  # noqa: S603 - the words are the tutorial's
        ["/bin/bash", "-c", script],
        cwd=tmp_path,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = shell.communicate(timeout=240)
    finally:
        if shell.poll() is None:
            os.killpg(shell.pid, signal.SIGKILL)
        stop = [str(Path(sys.executable).parent / "switchroom"), "asterisk", "stop"]
        subprocess.run(stop, cwd=tmp_path / "shop", env=surroundings, check=False)  # noqa: S603 - as above
    log = (tmp_path / "shop" / "server.log").read_text()
    assert shell.returncode == 0, (said, log)
    assert re.search(r"pressed 11001\b", said), said
    assert "1 scenario(s) on the line, 0 failed" in said, (said, log)
    assert re.search(r"goal state-told: reached 2\b", said), said
    assert re.search(r"a1: \d+ stopped", said), said
