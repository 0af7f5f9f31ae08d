"""Sessions that outlive a kill of the server: signed cookies that expire, and the list of those ended early.

It knows neither passwords nor roles: a session names a user, what he may do is looked up anew at every request.

The cookie is `<payload>.<HMAC-SHA256 of it>`, both base64url; the payload names the user, 128 random bits, and the end.
The key is made at first start in the desk's folder with mode 0600. Logging out writes the session's random bits to
`ended-sessions`, so a copied cookie stays dead after a restart too. Removing the key file ends every session at once.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Session:
    """`token` are the session's own random bits: never logged, never shown."""

    user: str
    token: str
    until: float


class Sessions:
    """Makes, reads and ends sessions. `idle` seconds without a request end one (counted anew after a restart)."""

    def __init__(self, folder: Path, life: float, idle: float, clock: Callable[[], float]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._key = _key(folder / "server-key")
        self._ended_file = folder / "ended-sessions"
        self._life, self._idle, self._clock = life, idle, clock
        self._ended = self._read_ended()
        self._seen: dict[str, float] = {}

    def begin(self, user: str) -> tuple[Session, str]:
        """A new session and its cookie text."""
        session = Session(user, secrets.token_urlsafe(16), self._clock() + self._life)
        payload = json.dumps({"user": session.user, "token": session.token, "until": session.until})
        signed = _coded(payload.encode())
        self._seen[session.token] = self._clock()
        return session, f"{signed}.{_coded(self._sign(signed))}"

    def read(self, cookie: str) -> Session | None:
        """The session of a cookie; None when it is forged, over, idle too long or ended."""
        signed, _, signature = cookie.partition(".")
        if not hmac.compare_digest(_coded(self._sign(signed)).encode(), signature.encode("utf-8", "replace")):
            return None
        session = _opened(signed)
        now = self._clock()
        if session is None or session.token in self._ended or now >= session.until:
            return None
        if now - self._seen.get(session.token, now) > self._idle:
            self.end(session)
            return None
        self.touch(session)
        return session

    def touch(self, session: Session) -> None:
        """The session is in use now."""
        self._seen[session.token] = self._clock()

    def end(self, session: Session) -> None:
        """No cookie of this session is good any more, nor after a restart."""
        self._ended[session.token] = session.until
        self._seen.pop(session.token, None)
        self._forget_old()
        text = "".join(f"{token} {until}\n" for token, until in self._ended.items())
        write_private(self._ended_file, text.encode())

    def _sign(self, signed: str) -> bytes:
        return hmac.digest(self._key, signed.encode("utf-8", "replace"), "sha256")

    def _forget_old(self) -> None:
        now = self._clock()
        self._ended = {token: until for token, until in self._ended.items() if until > now}
        self._seen = {token: at for token, at in self._seen.items() if now - at < self._life}

    def _read_ended(self) -> dict[str, float]:
        if not self._ended_file.exists():
            return {}
        lines = (line.split() for line in self._ended_file.read_text("ascii", "replace").splitlines())
        return {line[0]: float(line[1]) for line in lines if len(line) == 2}


def write_private(path: Path, content: bytes) -> None:
    """Replace the file at once and wholly, readable by its owner only."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _key(path: Path) -> bytes:
    if path.exists():
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise ValueError(f"{path}: not a server key of {KEY_BYTES} bytes; remove it to make a new one")
        return key
    key = secrets.token_bytes(KEY_BYTES)
    write_private(path, key)
    return key


def _coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _opened(signed: str) -> Session | None:
    # The signature was right, so this is our own text, possibly of an older release.
    try:
        fields = json.loads(base64.urlsafe_b64decode(signed + "=" * (-len(signed) % 4)))
        return Session(str(fields["user"]), str(fields["token"]), float(fields["until"]))
    except (ValueError, KeyError, TypeError):
        return None
