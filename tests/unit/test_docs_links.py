"""Every relative link of every page leads to a file of the tree, and to a heading in it where it names one."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

TREE = Path(__file__).parents[2]
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^()\s]+)\)|(?:src|href)=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def pages() -> list[Path]:
    """Return every page that git knows or would add; without git, every one outside of hidden folders."""
    try:
        told = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],  # noqa: S607  git is on the path
            cwd=TREE, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        found = [TREE / name for name in told.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in TREE.rglob("*.md") if not path.relative_to(TREE).parts[0].startswith(".")]
    return sorted(path for path in found if path.is_file())


def links(text: str) -> list[str]:
    """Return where a page's links lead, without those to other places of the world."""
    found = [first or second for first, second in LINK.findall(FENCE.sub("", text))]
    return [link for link in found if not ELSEWHERE.match(link)]


def anchors(text: str) -> set[str]:
    """Return the names under which the headings of a page can be linked, as code hosts make them."""
    headings = HEADING.findall(FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_nowhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(TREE):
        return True
    return bool(anchor) and (target.suffix != ".md" or anchor not in anchors(target.read_text(encoding="utf-8")))


def test_every_relative_link_leads_somewhere():
    faults = [
        f"{page.relative_to(TREE)}: {link}"
        for page in pages()
        for link in links(page.read_text(encoding="utf-8"))
        if leads_nowhere(page, link)
    ]
    assert not faults, "\n".join(faults)


def test_links_are_seen_at_all():
    """A page that links: what the pattern takes, and what it passes over."""
    text = 'See [a](b.md#c), ![d](e.png) and <img src="f.svg">, not [g](https://h.example).\n```\n[i](j.md)\n```\n'
    assert links(text) == ["b.md#c", "e.png", "f.svg"]
    assert len(pages()) > 20
    assert any(links(page.read_text(encoding="utf-8")) for page in pages())


def test_a_link_to_nothing_is_told(tmp_path):
    page = TREE / "README.md"
    assert leads_nowhere(page, "docs/no-such-page.md")
    assert leads_nowhere(page, "docs/architecture.md#no-such-heading")
    assert leads_nowhere(page, str(tmp_path))
    assert not leads_nowhere(page, "docs/architecture.md#one-contract")
