"""Files that hold one secret each: read, made and checked, mode 0600.

It does not know what a secret is for. A secret's text never appears in an error.
"""

from __future__ import annotations

import os
import secrets
import stat
from typing import TYPE_CHECKING

from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path

MOST = 512


class SecretError(Exception):
    """A secret file cannot be used; `problem` and `remedy` say why and what to do, never what is inside."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}: {remedy}")
        self.problem = problem
        self.remedy = remedy


def read_secret(path: Path) -> str:
    """Return the secret in `path`, without the line end; `SecretError` when it is unsafe or unusable."""
    check_secret(path)
    return path.read_text(encoding="utf-8").strip()


def make_secret(path: Path) -> str:
    """Return the secret in `path`; when there is none, make one (43 random letters, mode 0600) first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_secret(path)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
    return read_secret(path)


def check_secret(path: Path) -> None:
    """Raise `SecretError` when `path` is missing, open to others, empty, or holds no single line of text."""
    try:
        found = path.stat()
    except OSError as error:
        problem = say("secret.unread", path=path, why=error.strerror)
        raise SecretError(problem, say("secret.create", recipe=_recipe(path))) from None
    if not stat.S_ISREG(found.st_mode):
        raise SecretError(say("secret.no_file", path=path), say("secret.no_file.remedy"))
    if found.st_mode & 0o077:
        mode = f"{found.st_mode & 0o777:04o}"
        raise SecretError(say("secret.open", path=path, mode=mode), say("secret.open.remedy", path=path))
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        text = ""
    if not text or len(text) > MOST or not text.isprintable():
        raise SecretError(say("secret.text", path=path), say("secret.text.remedy", recipe=_recipe(path)))


def _recipe(path: Path) -> str:
    return f"(umask 077; openssl rand -hex 24 > {path})"
