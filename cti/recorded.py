"""Prompts that people recorded: `<folder>/<language>/<name>.wav`, checked, converted, levelled, never played raw.

It does not know flows, nor what is synthesised. Beside a recording that came in through us lies `<name>.json`, which
says what text was read: when the catalogue's text changes later, the recording is *stale*.

No symbolic link below the folder is followed, and no name leads out of it.
"""

from __future__ import annotations

import array
import hashlib
import io
import json
import os
import re
import shutil
import stat
import tempfile
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path

from cti.loudness import active_level, clipped_share, levelled
from cti.sound import RATE, NotSound, Sound, telephone_sound, trimmed, write_wav, write_whole
from cti.wavfile import LARGEST, kind_of, read_recording

LONGEST = 180.0  # seconds
SHORTEST = 0.1  # seconds
QUIETEST = -50.0  # dBov of active speech
MOST_CLIPPED = 0.002  # of the samples
MARGIN = 0.1  # seconds of silence left at both ends
FRAGMENT_MARGIN = 0.02  # of a fragment of a spoken value: digits follow one another closely
_NAME = re.compile(r"(say/)?[a-z0-9][a-z0-9-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_BY_FFMPEG = {"an mp3 file": "mp3", "an Ogg file": "ogg", "a FLAC file": "flac", "an MPEG-4 file (m4a)": "mp4"}
_ENDINGS = {".wav", ".wave"}

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Take:
    """One recording that came in: what was read, from which file, by whom, when (POSIX seconds), how loud it was."""

    text: str
    source: str
    by: str
    at: float
    seconds: float
    level: float
    sha256: str


class Recorded:
    """The folder of recordings. All methods block; files appear whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, key: Key) -> Path | None:
        """The recording of a prompt, None where there is none. Raises NotSound for what is no plain file."""
        path = self._path(key)
        try:
            plain = stat.S_ISREG(os.lstat(path).st_mode)
        except OSError:
            return None
        if not plain or self._leads_out(path):
            raise NotSound("it is a link or no plain file; put the recording itself there")
        return path

    def raw(self, key: Key) -> bytes:
        """The bytes of a recording. Raises NotSound, OSError."""
        path = self.find(key)
        if path is None:
            raise NotSound("there is no recording")
        return read_bounded(path)

    def take(self, key: Key) -> Take | None:
        """What is known of the recording that lies there now; None when it was put there by hand."""
        try:
            take = Take(**json.loads(self._path(key).with_suffix(".json").read_text(encoding="utf-8")))
            return take if take.sha256 == hashlib.sha256(self.raw(key)).hexdigest() else None
        except (OSError, ValueError, TypeError):
            return None

    def is_stale(self, key: Key, text: str) -> bool:
        """Whether another text was read than the catalogue has now."""
        take = self.take(key)
        return take is not None and take.text != text

    def put(self, key: Key, raw: bytes, told: tuple[str, str, str, float]) -> Take:
        """Check, convert and keep a recording. `told` is its text, file name, bringer and moment.

        Raises NotSound with the reason; then nothing has changed.
        """
        text, source, by, at = told
        path = self._path(key)
        samples = prepared(raw, key[0], source)
        for folder in (self.folder, path.parent):
            folder.mkdir(parents=True, exist_ok=True)
        if self._leads_out(path):
            raise NotSound(f"{path.parent} is a link; recordings are only kept in plain folders")
        write_wav(path, samples)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        take = Take(text, Path(source).name, by, at, len(samples) / RATE, round(active_level(samples), 1), sha256)
        note = json.dumps(asdict(take), ensure_ascii=False, indent=1, sort_keys=True)
        write_whole(path.with_suffix(".json"), f"{note}\n".encode())
        return take

    def drop(self, key: Key) -> bool:
        """Take a recording away, so that the text is synthesised again; False where there was none."""
        path = self._path(key)
        if self.find(key) is None:
            return False
        path.unlink(missing_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)
        return True

    def _path(self, key: Key) -> Path:
        name, language = key
        if not _NAME.fullmatch(name):
            raise NotSound(f"{name!r} is no name of a prompt; names are small letters, digits and -")
        if not _LANGUAGE.fullmatch(language):
            raise NotSound(f"{language!r} is no language; write it like en or zh-CN")
        return self.folder / language / f"{name}.wav"

    def _leads_out(self, path: Path) -> bool:
        between = path.relative_to(self.folder).parents
        return any((self.folder / part).is_symlink() for part in (path.relative_to(self.folder), *between[:-1]))


def read_bounded(path: Path) -> bytes:
    """A file's bytes. Raises NotSound when it is too large or no plain file, before anything of it is read."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise NotSound("it is no plain file")
        if found.st_size > LARGEST:
            raise NotSound(f"{found.st_size / 1e6:.0f} MB; a prompt has at most {LARGEST / 1e6:.0f} MB")
        return file.read(LARGEST + 1)


def prepared(raw: bytes, name: str, source: str = "") -> array.array[int]:
    """A recording as it is played: 8 kHz, without silence at its ends, at the common level. Raises NotSound."""
    if len(raw) > LARGEST:
        raise NotSound(f"{len(raw) / 1e6:.0f} MB; a prompt has at most {LARGEST / 1e6:.0f} MB")
    rate, samples = _decoded(raw, source)
    seconds = len(samples) / rate
    if seconds > LONGEST:
        raise NotSound(f"{seconds:.0f} s; a prompt has at most {LONGEST:.0f} s")
    clipped = clipped_share(samples)
    if clipped > MOST_CLIPPED:
        raise NotSound(f"clipped: {clipped:.1%} of it stands at full scale; record it again with less gain")
    margin = FRAGMENT_MARGIN if name.startswith("say/") else MARGIN
    ready = telephone_sound(trimmed((rate, samples), margin))
    level = active_level(ready)
    if level < QUIETEST:
        raise NotSound(f"too quiet: {level:.0f} dBov (silence?); at least {QUIETEST:.0f} is needed, -25 to -15 is good")
    if len(ready) < (SHORTEST + 2 * margin) * RATE:
        raise NotSound(f"only {max(0.0, len(ready) / RATE - 2 * margin):.2f} s of sound; record it again")
    return levelled(ready)


def _decoded(raw: bytes, source: str) -> Sound:
    kind = kind_of(raw[:12])
    if kind in _BY_FFMPEG and Path(source).suffix.lower() not in {"", *_ENDINGS}:
        return _by_ffmpeg(raw, kind)
    return read_recording(raw)


def _by_ffmpeg(raw: bytes, kind: str) -> Sound:
    """Other formats, by pydub and ffmpeg. The format is told, so that no list of other files is ever followed."""
    if not (shutil.which("ffmpeg") and shutil.which("ffprobe")):
        raise NotSound(f"it is {kind}, and there is no ffmpeg here to read it; save it as WAV, or install ffmpeg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydub 0.25 has regular expressions that newer Pythons complain of
        from pydub import AudioSegment  # noqa: PLC0415  it looks for ffmpeg when it is imported
        from pydub.exceptions import PydubException  # noqa: PLC0415  see above
    with tempfile.TemporaryDirectory(prefix="switchroom-prompt-") as folder:
        file = Path(folder) / "sound"
        file.write_bytes(raw)
        try:
            found = AudioSegment.from_file(str(file), format=_BY_FFMPEG[kind], duration=LONGEST + 1)
        except (PydubException, OSError, KeyError, IndexError, ValueError) as error:
            last = str(error).strip().splitlines()[-1:] or [""]
            raise NotSound(f"ffmpeg cannot read it ({last[0][:120]}); save it as WAV") from error
    whole = io.BytesIO()
    found.set_channels(1).set_sample_width(2).export(whole, format="wav")
    return read_recording(whole.getvalue())
