"""The demo from its set-up to its verdict: real callers, real agents, a server killed on the way."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from switchroom.demo import AGREED, NO_STAGE, DemoOptions, run_demo

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]


async def test_a_demo_with_a_killed_server_ends_in_agreement(tmp_path):
    said = io.StringIO()
    options = DemoOptions(
        for_seconds=14,
        json_path=str(tmp_path / "out" / "summary.json"),
        calls_per_minute=40,
        kill_every=6,
        dialplans=ROOT / "dialplans",
        folder=tmp_path,
        seed=3,
    )
    code = await run_demo(options, Console(file=said, width=160))
    summary = json.loads(await asyncio.to_thread(Path(options.json_path).read_text, encoding="utf-8"))
    assert code == AGREED, (summary["differences"], said.getvalue())
    assert summary["agree"] is True
    assert summary["carrier"]["placed"] >= 4
    assert summary["carrier"]["talked"] >= 1
    assert summary["carrier"]["unknown"] == summary["carrier"]["refused"] == summary["lost"] == 0
    ours = summary["answered"] - summary["crossed"] - summary["strangers_answered"]
    assert ours == summary["carrier"]["talked"], said.getvalue()
    ends = ("answered", "abandoned", "flowed_out", "callback")
    assert summary["offered"] == sum(summary[how] for how in ends), said.getvalue()
    assert summary["checks"] > 0
    assert set(summary["rates"]) == {"sl1", "sl2", "sl3", "sl4", "sl5", "sl6"}
    assert summary["run"]["kills"] == 2
    assert "First ring after" in said.getvalue()


async def test_a_demo_shows_a_campaign_of_which_the_carrier_counts_the_same(tmp_path):
    said = io.StringIO()
    options = DemoOptions(
        for_seconds=35,
        json_path=str(tmp_path / "summary.json"),
        calls_per_minute=6,
        dialplans=ROOT / "dialplans",
        folder=tmp_path / "demo",
    )
    await asyncio.to_thread((tmp_path / "demo").mkdir)
    code = await run_demo(options, Console(file=said, width=200))
    summary = json.loads(await asyncio.to_thread(Path(options.json_path).read_text, encoding="utf-8"))
    assert code == AGREED, (summary["differences"], said.getvalue())
    campaign = summary["campaign"]
    assert (campaign["begun"], campaign["agrees"]) == (True, True)
    assert campaign["server"]["dialled"] == campaign["carrier"]["dialled"] > 0
    assert campaign["server"]["answered"] == campaign["carrier"]["answered"]
    assert sum(campaign["outcomes"].values()) == campaign["server"]["dialled"]
    text = said.getvalue()
    assert f"{campaign['page']}   user campaigns, password " in text
    assert "a law of the demo's own that is open at any hour" in text
    assert summary["offered"] == sum(summary[how] for how in ("answered", "abandoned", "flowed_out", "callback"))
    assert summary["carrier"]["talked"] == summary["answered"] - summary["crossed"], text


async def test_a_floor_without_robots_tells_strangers_where_to_go(tmp_path):
    said = io.StringIO()
    options = DemoOptions(
        for_seconds=1, robots=False, calls_per_minute=0, dialplans=ROOT / "dialplans", folder=tmp_path
    )
    assert await run_demo(options, Console(file=said, width=200)) == AGREED
    text = said.getvalue()
    assert "sip:NUMBER@127.0.0.1:" in text
    assert "4008009 front-desk" in text
    for phone in range(1, 9):
        assert f"phone agent{phone}" in text
    assert "grace-taylor" not in text
    assert "no page: ready while registered" in text
    assert "user supervisor, password " in text


async def test_a_demo_that_cannot_be_set_up_says_why(tmp_path):
    (tmp_path / "empty").mkdir()
    said = io.StringIO()
    options = DemoOptions(for_seconds=1, dialplans=tmp_path / "empty", folder=tmp_path)
    assert await run_demo(options, Console(file=said, width=200)) == NO_STAGE
    assert "numbers.yaml" in said.getvalue()
