"""The command line's own sentences, in the language of the person at the terminal.

It does not know what the sentences are about. Screens and prompts have catalogues of their own.
"""

from __future__ import annotations

import os
from importlib import import_module

CATALOGUES = {"en": "switchroom.words_en", "zh": "switchroom.words_zh"}


def terminal_language() -> str:
    """Return "zh" or "en" from LANGUAGE, LC_ALL, LC_MESSAGES, LANG: the first that is set decides."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def say(key: str, /, **values: object) -> str:
    """Return the sentence `key` with `values` put in. An unknown key is a mistake of ours: KeyError."""
    catalogue: dict[str, str] = import_module(CATALOGUES[terminal_language()]).WORDS
    return catalogue[key].format(**values)
