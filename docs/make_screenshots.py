"""Makes the pictures of the documentation: `python docs/make_screenshots.py` draws a flow and looks at a running demo.

Needs what `make test` installs (Chromium, playwright) and fonts-noto-cjk for the Chinese names.
`docs/images/flow.svg` is not made here: its traffic is that of a floor of before.
"""

from __future__ import annotations

import asyncio
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = "/usr/bin/chromium"
IMAGES = Path(__file__).parent / "images"
SWITCHROOM = Path(sys.executable).parent / "switchroom"
DRAWN = "prove-cardholder"
AGENTS = ("li-na", "wang-wei", "chen-jie", "emma-brown", "james-wilson")  # whoever of them gets her
CALLER = "13800000003"  # a gold customer
# She is asked for her PIN, hears what is due, and is cut off; then calls again, goes on there, and wants a person.
CUT_OFF = "wait 3; 2; wait 3; 3; wait 5; 112358; wait 4; hangup"
AGAIN = "wait 4; 1; wait 4; 112358; wait 6; 0"


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that runs: its process, its page, where to call, everybody's password."""

    running: asyncio.subprocess.Process
    url: str
    sip: str
    passwords: dict[str, str]


async def draw() -> None:
    """The flow as `switchroom draw` writes it."""
    drawing = await asyncio.create_subprocess_exec(SWITCHROOM, "draw", DRAWN, "--out", IMAGES / f"{DRAWN}.svg")
    if await drawing.wait():
        raise SystemExit(1)


async def demo() -> Demo:
    """Start a lively demo."""
    words = ("demo", "--for", "120", "--calls-per-minute", "20", "--seed", "5")
    running = await asyncio.create_subprocess_exec(
        SWITCHROOM,
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = ""
    while "Server's log:" not in said or "server.log" not in said:
        said += (await running.stdout.readline()).decode()
    said = re.sub(r"\s*\n\s*", " ", said)
    url = re.search(r"http://[^/ ]+/", said)[0]
    folder = Path(re.search(r"log: (\S+)/server.log", said)[1])
    lines = (folder / "var" / "first-passwords.txt").read_text(encoding="utf-8").splitlines()
    sip = re.search(r"sip:NUMBER@(\S+)", said)[1]
    return Demo(running, url, sip, dict(line.split(" ", 1) for line in lines))


async def call(sip: str, keys: str) -> None:
    """One call of hers to the card hotline; returns when it is over."""
    words = ("call", "4008001", "--from", CALLER, "--to", sip, "--keys", keys, "--talk", "5")
    await (await asyncio.create_subprocess_exec(SWITCHROOM, *words, stdout=asyncio.subprocess.DEVNULL)).wait()


async def page_of(browser: Browser, url: str, user: str, password: str) -> Page:
    """A page with somebody logged in."""
    page = await browser.new_page(viewport={"width": 1180, "height": 760}, device_scale_factor=1.5)
    await page.goto(url)
    await page.fill("input[name=user]", user)
    await page.fill("input[name=password]", password)
    await page.keyboard.press("Enter")
    return page


async def ringing(page: Page) -> Page:
    """This page, once it shows a caller who goes on with an earlier call."""
    await page.get_by_text("Went on from").first.wait_for(timeout=60_000)
    return page


async def main() -> None:
    await draw()
    floor = await demo()
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        supervisor = await page_of(browser, floor.url, "supervisor", floor.passwords["supervisor"])
        await call(floor.sip, CUT_OFF)
        pages = [await page_of(browser, floor.url, agent, floor.passwords[agent]) for agent in AGENTS]
        shown = [asyncio.create_task(ringing(page)) for page in pages]
        calling = asyncio.create_task(call(floor.sip, AGAIN))
        first, others = await asyncio.wait(shown, return_when=asyncio.FIRST_COMPLETED)
        await first.pop().result().screenshot(path=IMAGES / "agent.png", full_page=True)
        for other in others:
            other.cancel()
        await supervisor.screenshot(path=IMAGES / "supervisor.png")
        await calling
        await browser.close()
    floor.running.terminate()
    await floor.running.wait()


if __name__ == "__main__":
    asyncio.run(main())
