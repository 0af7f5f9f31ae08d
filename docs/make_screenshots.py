"""Makes the pictures of the documentation from a running demo: `python docs/make_screenshots.py`.

Needs what `make test` installs (Chromium, playwright) and fonts-noto-cjk for the Chinese names.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = "/usr/bin/chromium"
IMAGES = Path(__file__).parent / "images"
AGENT = "li-na"


async def demo() -> tuple[asyncio.subprocess.Process, str, dict[str, str]]:
    """Start a lively demo; what runs, its page and everybody's password."""
    words = ("demo", "--for", "75", "--calls-per-minute", "40", "--seed", "5")
    running = await asyncio.create_subprocess_exec(
        Path(sys.executable).parent / "switchroom",
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
    return running, url, dict(line.split(" ", 1) for line in lines)


async def page_of(browser: Browser, url: str, user: str, password: str) -> Page:
    """A page with somebody logged in."""
    page = await browser.new_page(viewport={"width": 1180, "height": 760}, device_scale_factor=1.5)
    await page.goto(url)
    await page.fill("input[name=user]", user)
    await page.fill("input[name=password]", password)
    await page.keyboard.press("Enter")
    return page


async def main() -> None:
    running, url, passwords = await demo()
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        agent = await page_of(browser, url, AGENT, passwords[AGENT])
        supervisor = await page_of(browser, url, "supervisor", passwords["supervisor"])
        # A caller who keyed his PIN: the picture shows that the page does not.
        await agent.get_by_text("••••••").first.wait_for(timeout=70_000)
        await agent.screenshot(path=IMAGES / "agent.png")
        await asyncio.sleep(20)
        await supervisor.screenshot(path=IMAGES / "supervisor.png")
        await browser.close()
    running.terminate()
    await running.wait()


if __name__ == "__main__":
    asyncio.run(main())
