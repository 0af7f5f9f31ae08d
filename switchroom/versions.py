"""Every edition of the dialplans folder that was ever checked and staged, kept below the data folder.

It does not know what is in force in a running server, nor how the prompts become sound.

    versions/files/<hash>          a text, once, whatever edition it is in
    versions/<key>/                an edition: the folder again, of links to those texts
    versions/<key>/edition.json    the version of each flow, and which of the files names the sound of each prompt
    versions/deployed.jsonl        a line for every edition and flow that came into force: when, which, by whom

An edition is copied first and checked then, so what was checked is what is kept. Its `key` is a hash of its files.
Only texts (.yaml) are kept. Customers, tables and recordings are linked to where they are: they are no versions of
anything, and copies of customers' numbers must not lie about for ever.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ivr.source import MAX_BYTES

Sounds = Mapping[tuple[str, str], str]
TEXT: Final = ".yaml"
KEY_LENGTH: Final = 16
DEEPEST: Final = 6  # folders inside each other; a link back to a folder above would never end
COPY: Final = ".copy-"
_RECORD: Final = "edition.json"
_LOG: Final = "deployed.jsonl"


@dataclass(frozen=True, slots=True)
class Deployed:
    """A version of a flow came into force at `at`, in edition `edition`. "" for a version: there was, is, none.

    `flow` is "" in the line for the edition itself, which every change has, also one of queues or agents alone.
    """

    at: float
    edition: str
    flow: str
    version: str
    before: str
    by: str
    how: str


@dataclass(frozen=True, slots=True)
class Record:
    """What is noted of an edition: its flows' versions, and the sound file of each prompt."""

    versions: Mapping[str, str]
    sounds: Sounds


class Versions:
    """The folder of all editions. Several programs may use it at once: editions appear whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = folder / "files"

    # ── keeping ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def copy(self, dialplans: Path) -> tuple[str, Path]:
        """Copy a dialplans folder aside, to be checked there. Returns its key and the copy; `keep` or `drop` it."""
        self._files.mkdir(parents=True, exist_ok=True)
        copy = Path(tempfile.mkdtemp(prefix=COPY, dir=self.folder))
        try:
            return self._copy(dialplans, copy), copy
        except OSError:
            self.drop(copy)
            raise

    def _copy(self, dialplans: Path, copy: Path) -> str:
        told = hashlib.sha256()
        for name, path in _walk(dialplans):
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == TEXT and path.is_file():
                told.update(f"{name} {self._copy_text(path, target)}\n".encode())
            else:
                target.symlink_to(path.absolute())
                told.update(f"{name} {_looks(path)}\n".encode())
        return told.hexdigest()[:KEY_LENGTH]

    def keep(self, key: str, copy: Path, record: Record) -> Path:
        """Keep a checked copy under its key, with what is to be noted of it."""
        sounds = json.dumps([[*prompt, path] for prompt, path in sorted(record.sounds.items())], ensure_ascii=False)
        noted = {"versions": dict(record.versions), "sounds": self._keep_text(sounds.encode())}
        (copy / _RECORD).write_text(json.dumps(noted, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        copy.chmod(0o755)
        place = self.folder / key
        try:
            copy.rename(place)
        except OSError:  # it is there already
            os.replace(copy / _RECORD, place / _RECORD)  # noqa: PTH105  as atomic as the rename above, and reads so
            self.drop(copy)
        return place

    @staticmethod
    def drop(copy: Path) -> None:
        """Remove a copy that is not to be kept."""
        shutil.rmtree(copy, ignore_errors=True)

    def tidy(self, now: float) -> None:
        """Remove copies of more than an hour ago: whoever made them died over them."""
        for path in self.folder.glob(f"{COPY}*"):
            if now - path.stat().st_mtime > 3600.0:
                self.drop(path)

    def note(self, lines: tuple[Deployed, ...]) -> None:
        """Note what came into force. One write, so that a reader sees all of it or nothing."""
        text = "".join(json.dumps(asdict(line), ensure_ascii=False) + "\n" for line in lines)
        with (self.folder / _LOG).open("a", encoding="utf-8") as log:
            log.write(text)

    def _copy_text(self, path: Path, target: Path) -> str:
        with path.open("rb") as file:
            name = self._keep_text(file.read(MAX_BYTES + 1))  # one byte too many is enough to be refused for it
        try:
            target.hardlink_to(self._files / name)
        except OSError:  # a file system without hard links
            shutil.copyfile(self._files / name, target)
        return name

    def _keep_text(self, raw: bytes) -> str:
        name = hashlib.sha256(raw).hexdigest()
        if not (self._files / name).exists():
            handle, fresh = tempfile.mkstemp(prefix=".text-", dir=self._files)
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
            Path(fresh).chmod(0o444)
            Path(fresh).replace(self._files / name)
        return name

    # ── finding ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def place(self, key: str) -> Path:
        """The folder of an edition."""
        return self.folder / key

    def record(self, key: str) -> Record | None:
        """What was noted of an edition; None when there is no such."""
        try:
            noted: dict[str, Any] = json.loads((self.folder / key / _RECORD).read_text(encoding="utf-8"))
            pairs = json.loads((self._files / noted["sounds"]).read_bytes())
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Record(noted["versions"], {(prompt, language): path for prompt, language, path in pairs})

    def head(self) -> str:
        """The key of the edition that came into force last, "" when there was none."""
        lines = self.deployed()
        return lines[-1].edition if lines else ""

    def deployed(self, flow: str | None = None) -> list[Deployed]:
        """What came into force, oldest first; None: all flows, "": the editions themselves."""
        try:
            lines = (self.folder / _LOG).read_text(encoding="utf-8").splitlines()
        except OSError:
            return []
        found = [read for line in lines if (read := _deployed(line)) is not None]
        return [line for line in found if flow is None or flow == line.flow]

    def find(self, flow: str, version: str) -> str:
        """The key of the newest edition with this version of a flow, "" when there is none."""
        lines = [line for line in self.deployed(flow) if line.version == version]
        if lines and (self.folder / lines[-1].edition).is_dir():
            return lines[-1].edition
        places = sorted(self.folder.glob(f"*/{_RECORD}"), key=lambda path: path.stat().st_mtime, reverse=True)
        keys = (path.parent.name for path in places)
        return next((key for key in keys if (found := self.record(key)) and found.versions.get(flow) == version), "")


def _deployed(line: str) -> Deployed | None:
    """A line of the log; None for one that was not written to its end."""
    try:
        return Deployed(**json.loads(line))
    except (ValueError, TypeError):
        return None


def _walk(folder: Path, depth: int = 0) -> Iterator[tuple[str, Path]]:
    """What an edition holds: texts, and whole folders or files that hold none, by name. Hidden ones are passed over."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith("~"):
            continue
        if path.is_dir() and any(path.rglob(f"*{TEXT}")) and depth < DEEPEST:
            yield from ((f"{path.name}/{name}", found) for name, found in _walk(path, depth + 1))
        else:
            yield path.name, path


def _looks(path: Path) -> str:
    """How files look that are not read: by size and time, all below a folder."""
    told = hashlib.sha256()
    for found in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if not found.is_file():
            continue
        status = found.stat()
        told.update(f"{found} {status.st_size} {status.st_ctime_ns}\n".encode(errors="surrogateescape"))
    return told.hexdigest()


def fingerprint(folder: Path) -> str:
    """How a whole dialplans folder looks, without reading a file; "" when it cannot be looked at.

    Names, sizes and times of all that is not hidden. It is asked four times a second, so it keeps to what is quickest.
    """
    told = hashlib.sha256()
    try:
        for path, size, changed in sorted(_seen(os.fspath(folder))):
            told.update(f"{path} {size} {changed}\n".encode(errors="surrogateescape"))
    except OSError:
        return ""
    return told.hexdigest()


def _seen(folder: str, depth: int = 0) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as found:
        for each in found:
            if each.name.startswith(".") or each.name.endswith("~"):
                continue
            if each.is_dir():
                if depth < 2 * DEEPEST:  # a link may lead back up
                    yield from _seen(each.path, depth + 1)
            elif each.is_file():  # no link to nowhere
                status = each.stat()
                yield each.path, status.st_size, status.st_ctime_ns
