"""Writes docs/states.md, talk-states.md and campaign-states.md from the state tables: `python docs/make_states.py`."""

from pathlib import Path

from acd.diagram import page
from switchroom import campaign_diagram, talk_diagram

if __name__ == "__main__":
    Path(__file__).with_name("states.md").write_text(page(), encoding="utf-8")
    Path(__file__).with_name("campaign-states.md").write_text(campaign_diagram.page(), encoding="utf-8")
    Path(__file__).with_name("talk-states.md").write_text(talk_diagram.page(), encoding="utf-8")
