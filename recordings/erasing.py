"""Recordings of one person, deleted at his own request.

It does not know whose they are, nor who asked: it is given paths below the recordings folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from recordings.naming import leg_names


def erase(folder: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Delete both legs of each; tell which paths have nothing left. Blocks; for a thread."""
    return tuple(path for path in paths if _is_below(path) and _erase(folder, path))


def _erase(folder: Path, path: str) -> bool:
    try:
        for name in leg_names(path):
            (folder / name).unlink(missing_ok=True)
    except OSError:  # a folder that is not ours to write, or is not there: people are told that it is still there
        return False
    return True


def _is_below(path: str) -> bool:
    return not PurePosixPath(path).is_absolute() and ".." not in PurePosixPath(path).parts
