"""The commands of docs/tutorial.md, in order, each with what it is said to print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

TREE = Path(__file__).parents[2]
_BLOCK = re.compile(r"^(<!-- live -->\n)?```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Block:
    """Lines of a shell. `printed` is None where the tutorial does not say what comes."""

    commands: str
    live: bool
    printed: str | None = None


def blocks() -> list[Block]:
    found: list[Block] = []
    for live, kind, text in _BLOCK.findall((TREE / "docs" / "tutorial.md").read_text(encoding="utf-8")):
        if kind == "sh":
            found.append(Block(text, bool(live)))
        else:
            assert found[-1].printed is None, f"two outputs of {found[-1].commands!r}"
            found[-1].printed = text
    return found
