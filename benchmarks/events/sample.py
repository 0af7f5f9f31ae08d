"""The recorded sample: its files, its messages, and the calls in it."""
from __future__ import annotations
import gzip
from pathlib import Path

FOLDER = Path(__file__).parent / "sample"
EVERYTHING = "everything.ami.gz"
FILTERED = "filtered.ami.gz"
SURVEY = "survey.ami.gz"
STORY = "story.json.gz"


def pack(path: Path, wire: bytes) -> None:
    path.write_bytes(gzip.compress(wire, 9, mtime=0))
