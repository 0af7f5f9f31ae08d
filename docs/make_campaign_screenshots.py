"""Makes the picture of the campaigns' page: `python docs/make_campaign_screenshots.py` looks at a campaign that runs.

The campaign is that of `benchmarks/campaign`: a real Asterisk, a carrier with customers of all kinds, robot agents.
Needs what `make test` installs (Chromium, playwright).
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file, from anywhere

from playwright.sync_api import sync_playwright

from benchmarks.campaign.crowd import draw
from benchmarks.campaign.drive import Stage
from cti.asterisk.package import find_or_unpack

CHROMIUM = "/usr/bin/chromium"
IMAGES = Path(__file__).parent / "images"
AGENTS, CUSTOMERS, SLOW, SEED = 12, 600, 2.0, 3
RUNS_FOR = 90.0  # seconds, until there is something to see


def look(stage: Stage) -> None:
    """Start the campaign by its key, and take the page's picture when it has run for a while."""
    place = stage.server.place
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 970}, device_scale_factor=1.5)
        page.goto(place.url)
        page.fill("input[name=user]", "campaigns")
        page.fill("input[name=password]", place.passwords()["campaigns"])
        page.keyboard.press("Enter")
        page.click('[data-key="campaign-start"]', timeout=60_000)
        time.sleep(RUNS_FOR)
        page.screenshot(path=IMAGES / "campaigns.png")
        browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="switchroom-picture-") as folder:
        stage = Stage(Path(folder), find_or_unpack(say=print), AGENTS, SLOW)
        with stage.running(draw(CUSTOMERS, SEED)):
            look(stage)


if __name__ == "__main__":
    main()
