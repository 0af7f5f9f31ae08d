"""`switchroom call FILE.call` against the whole server: heard by its sound, the verdict is that of `simulate`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from patience import PATIENCE
from ports import free_port, free_udp_range

from cti.fingerprint import of_mulaw
from cti.sip.call import PhoneError, RobotCall
from cti.sip.phone import Account, RobotPhone
from cti.sip.sound import speech
from cti.sound import write_wav

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from trial_world import PROMPTS, write_floor

pytestmark = pytest.mark.live

TREE = Path(__file__).parents[2]
PROGRAM = "from switchroom.cli import main; main()"
ANNOUNCED = "  announce:\n    after: 6s\n    every: 40s\n    say: sorry\n  callback:\n    after: 6s\n"
FLOW_AT_ALL_HOURS = {
    "calendars.yaml": "office:\n  zone: Asia/Shanghai\n  open:\n    daily: 00:00-24:00\n",
    "queues.yaml": f"cards:\n  ring_for: 120s\n{ANNOUNCED}loans:\n  ring_for: 120s\n",
}
OPENING = "call 800 from 13800000001 at 2026-03-02 10:15 Asia/Shanghai\n"
WITH_AGENT = f"""{OPENING}> play choose  language=en
press 1
> play welcome  language=zh-CN
> play menu
press 1
> play ask-card
press 4242#
> play ask-pin
press secret 6 pin
> join queue cards  skills=cards:2,mandarin priority=7
agent answers bo
agent hangs up
> play goodbye  language=zh-CN
> end  path: opening, language, chinese, welcome, menu, ask-card, ask-pin, person, goodbye, bye
> outcome answered
"""
WRONG_PROMPT = f"{OPENING}> play choose\npress 2\n> play sorry\n> play menu\nhang up\n"
WRONG_PATH = f"""{OPENING}> play choose
press 2
> play welcome
> play menu
hang up
> end  path: opening, language, menu
"""
WAITS = f"""{OPENING}> play choose
press 2
> play welcome
> play menu
press 0
> join queue cards
after 8s
> play sorry  language=en
> say "You need not wait on the line. Press one, and we will call you back when it is your turn."
hang up
> outcome abandoned
"""


@dataclass
class Site:
    """A server on free ports whose prompts are short recordings, each with a voice of its own."""

    folder: Path
    http: int
    sip: int

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  our own interpreter runs our own program
            [sys.executable, "-c", PROGRAM, *words, "--config", str(self.folder / "switchroom.toml")],
            capture_output=True, text=True, timeout=4 * PATIENCE, check=False,
            env={**os.environ, "LANGUAGE": "en", "PYTHONPATH": str(TREE)},
        )  # fmt: skip

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/readyz", timeout=2) as answer:
                return bool(json.load(answer)["ready"])
        except (OSError, urllib.error.HTTPError, ValueError):
            return False

    def password(self, user: str) -> Path:
        text = (self.folder / "var" / "first-passwords.txt").read_text(encoding="utf-8")
        path = self.folder / "password"
        path.write_text(dict(line.split(" ", 1) for line in text.splitlines() if " " in line)[user])
        path.chmod(0o600)
        return path

    def phone(self, name: str) -> Account:
        secrets = next(self.folder.glob("var/asterisk/a1/**/secrets.json"))
        return Account("127.0.0.1", self.sip, name, json.loads(secrets.read_text())["phones"][name])


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    write_floor(folder / "dialplans", bank=False)
    for name, text in FLOW_AT_ALL_HOURS.items():
        (folder / "dialplans" / name).write_text(text)
    for place, language in enumerate(("en", "zh-CN")):
        (folder / "dialplans" / "recordings" / language).mkdir(parents=True)
        for number, name in enumerate(PROMPTS):
            sound = list(of_mulaw(speech(1.2, 1000 + 100 * place + number)))
            write_wav(folder / "dialplans" / "recordings" / language / f"{name}.wav", sound)
    first, last = free_udp_range()
    found = Site(folder, free_port(), free_port())
    (folder / "switchroom.toml").write_text(f"""
[http]
port = {found.http}
[agi]
port = {free_port()}
[outside]
numbers = ["1"]
[[node]]
name = "a1"
own = true
ami_port = {free_port()}
sip_port = {found.sip}
rtp_from = {first}
rtp_to = {last}
""")
    with (folder / "errors").open("w") as errors:
        server = subprocess.Popen(  # noqa: S603  our own interpreter runs our own program
            [sys.executable, "-c", PROGRAM, "serve", "--config", str(folder / "switchroom.toml")],
            stderr=errors, env={**os.environ, "LANGUAGE": "en", "PYTHONPATH": str(TREE)},
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 2 * PATIENCE
        while not found.ready():
            assert time.monotonic() < deadline, (folder / "errors").read_text()
            assert server.poll() is None, (folder / "errors").read_text()
            time.sleep(0.05)
        yield found
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=PATIENCE)
        server.kill()
        server.wait()
        found.command("asterisk", "stop")


async def serve(call: RobotCall) -> None:
    """Bo's manners: he answers, greets thrice (the first may be too early to be heard), says a word, and hangs up."""
    with contextlib.suppress(PhoneError):
        await call.over_within(0.3)
        call.answer()
        for pause in (0.2, 0.8, 2.0):
            await call.over_within(pause)
            await call.press("D")
        call.play(speech(), again=True)
        await call.over_within(1.5)
        call.hang_up()


async def called(site: Site, text: str, *words: str) -> tuple[int, dict]:
    (site.folder / "x.call").write_text(text)
    done = await asyncio.to_thread(site.command, "call", str(site.folder / "x.call"), "--json", *words)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout)[0]


async def test_a_transcript_comes_true_on_the_line_and_in_virtual_time(site):
    talks: set[asyncio.Task[None]] = set()

    def rung(call: RobotCall) -> None:
        talks.add(asyncio.create_task(serve(call)))

    async with RobotPhone(site.phone("agent2"), rung) as phone:
        await phone.register()
        words = ("--secret", "pin=123456", "--password-file", str(site.password("supervisor")))
        code, verdict = await called(site, WITH_AGENT, *words)
    assert verdict["problem"] == "", verdict
    assert code == 0
    queued = "> join queue cards  skills=cards:2,mandarin:1 priority=7"
    why = "its details are not in the server's story"
    assert verdict["unchecked"] == [f"{site.folder / 'x.call'}:11  `{queued}`: {why}"]
    assert "123456" not in json.dumps(verdict)
    simulated = site.command("simulate", str(site.folder / "x.call"))
    assert simulated.returncode == 0, simulated.stdout


async def test_another_prompt_than_expected_fails_at_its_line(site):
    code, verdict = await called(site, WRONG_PROMPT)
    assert code == 1
    assert (verdict["line"], verdict["passed"]) == (4, False)
    assert "expected `play sorry`, got `play welcome`" in verdict["problem"]


async def test_another_path_is_found_in_the_servers_memory(site):
    code, verdict = await called(site, WRONG_PATH, "--password-file", str(site.password("supervisor")))
    assert code == 1
    assert verdict["line"] == 7
    assert "+ > end  path: opening, language, welcome, menu" in verdict["section"]


async def test_what_a_waiting_caller_hears_comes_true_on_the_line(site):
    code, verdict = await called(site, WAITS, "--password-file", str(site.password("supervisor")))
    assert (code, verdict["problem"]) == (0, ""), verdict
    simulated = site.command("simulate", str(site.folder / "x.call"))
    assert simulated.returncode == 0, simulated.stdout
