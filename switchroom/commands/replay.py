"""`switchroom replay`: the journal's tape through the same centre again.

It does not know how decisions are compared; `switchroom/replay.py` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.commands.answers import Code, settings_from

if TYPE_CHECKING:
    from pathlib import Path
