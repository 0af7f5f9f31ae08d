"""A real Chromium, started once for the tests of a file: each test has browser contexts of its own, which end with it.

A file that uses it says `pytest.mark.asyncio(loop_scope="module")`, for a browser lives as long as its loop.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

playwright = pytest.importorskip("playwright.async_api")

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
WITHOUT = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[object]:
    async with playwright.async_playwright() as driver:
        started = await driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="module")
async def chromium(browser) -> AsyncIterator[object]:
    yield browser
    for context in browser.contexts:
        await context.close()
