"""Writes docs/states.md from the state tables: `python docs/make_states.py`."""

from pathlib import Path

from acd.diagram import page

if __name__ == "__main__":
    Path(__file__).with_name("states.md").write_text(page(), encoding="utf-8")
