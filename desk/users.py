"""Who may log in, as what, and proving it: a file of argon2id hashes, readable by its owner only.

It does not know sessions, cookies or requests.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from desk.sessions import write_private

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
LONGEST_PASSWORD: Final = 1024


class Role(StrEnum):
    """What somebody is here for. Administrators may do what supervisors and those who run campaigns may."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    CAMPAIGNS = "campaigns"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class User:
    """`department`: who runs campaigns sees this one's alone; "" for all."""

    user: str
    role: Role
    department: str = ""


class Users:
    """The people who may log in now. A user's name is also his agent's name on the floor."""

    def __init__(
        self, wanted: Mapping[str, Role], hashes: Mapping[str, str], departments: Mapping[str, str] | None = None
    ) -> None:
        self._wanted = dict(wanted)
        self._hashes = dict(hashes)
        self._departments = dict(departments or {})
        # Verified against when the user is unknown, so that both refusals take equally long.
        self._nobody = HASHER.hash(secrets.token_urlsafe(16))

    @staticmethod
    def open(
        path: Path, wanted: Mapping[str, Role | str], departments: Mapping[str, str] | None = None
    ) -> tuple[Users, dict[str, str]]:
        """Read the file, give everyone new a random password, write it back; returns the users and the new passwords.

        The new passwords are returned once and kept nowhere. Users in the file that are no longer wanted stay in it
        but cannot log in. Raises `ValueError` naming the file when it is not what we wrote.
        """
        hashes = _read(path)
        roles = {user: Role(role) for user, role in wanted.items()}
        fresh = {user: secrets.token_urlsafe(12) for user in roles if user not in hashes}
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            hashes |= dict(zip(fresh, pool.map(HASHER.hash, fresh.values()), strict=True))
        if fresh:
            _write(path, hashes)
        return Users(roles, hashes, departments), fresh

    def become(self, others: Users) -> None:
        """From now on these, with their roles and passwords, may log in, and nobody else."""
        self._wanted, self._hashes = dict(others._wanted), dict(others._hashes)
        self._departments = dict(others._departments)

    def find(self, user: str) -> User | None:
        """The user of this name, None when he may not log in (any more)."""
        role = self._wanted.get(user)
        return None if role is None else User(user, role, self._departments.get(user, ""))

    def check(self, user: str, password: str) -> User | None:
        """The user when the password is his. Takes about 20 ms of processor for anyone: call it in a thread."""
        found = self.find(user)
        known = self._hashes.get(user, self._nobody) if found else self._nobody
        try:
            right = bool(HASHER.verify(known, password[:LONGEST_PASSWORD]))
        except (VerificationError, InvalidHashError):
            right = False
        return found if right and found and len(password) <= LONGEST_PASSWORD else None


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {str(user): str(entry["hash"]) for user, entry in content["users"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise ValueError(
            f"{path}: not a users file ({broken}); repair it, or remove it to make new passwords"
        ) from None


def _write(path: Path, hashes: Mapping[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"users": {user: {"hash": hashes[user]} for user in sorted(hashes)}}, indent=1)
    write_private(path, text.encode())
