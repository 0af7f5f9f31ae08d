"""What an operator may choose about the screens' server: limits, lifetimes, folders.

It does not read files: whoever starts the desk fills it in.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """Times in seconds, sizes in bytes.

    `folder` holds the server key and the list of ended sessions (made 0600 at first start). `recordings` is the folder
    below which every recording lies. `secure_cookie` must be true where a proxy in front speaks TLS. `timezone` is
    where clocks on the wall show the days and hours of figures. `outside` are the beginnings of the numbers to which a
    caller may be passed on; none means none.
    """

    folder: Path
    recordings: Path
    secure_cookie: bool = False
    session_life: float = 12 * 3600.0
    session_idle: float = 4 * 3600.0
    body_limit: int = 1_048_576
    target: float = 20.0
    short_abandon: float = 5.0
    timezone: str = "UTC"
    replay_limit: int = 5000
    outside: tuple[str, ...] = ()
