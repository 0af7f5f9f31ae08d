"""What a database's own words of refusal mean, and what whoever runs the server is to do then.

It does not know what was tried, nor by whom.
"""

from __future__ import annotations

from typing import Final

from journal.errors import JournalDamaged, JournalError, NotWritten

RIGHTS: Final = (
    "give it, the files of that name with -wal, -shm and .lock, and their folder to the user that runs Switchroom, "
    "and see that their disk is not mounted read-only"
)
_DISK: Final = "make room on its disk, and look for faults of that disk in the system's log"
_REMEDIES: Final = {
    "readonly database": RIGHTS,
    "read-only": RIGHTS,
    "unable to open database file": RIGHTS,
    "permission denied": RIGHTS,
    "database or disk is full": _DISK,
    "no space left": _DISK,
    "disk i/o error": _DISK,
    "file too large": "raise the limit on the size of files (ulimit -f) of the user that runs Switchroom",
    "is locked": "close the other program that has it open",
}
_PASSING: Final = ("database or disk is full", "no space left", "disk i/o error", "is locked")  # may mend itself
_DAMAGE: Final = ("malformed", "file is not a database", "corrupt", "no such table", "no such column")
SALVAGE: Final = (
    "stop the server and put a backup back, or save what can be read with `switchroom doctor --salvage NEW.db`, then "
    "put NEW.db in its place and remove the old -wal and -shm"
)


def words_of(fault: BaseException) -> str:
    """Return what the database or the system said."""
    if isinstance(fault, OSError):
        return f"{fault.strerror or fault}: {fault.filename}" if fault.filename else str(fault.strerror or fault)
    return str(fault.args[0]) if fault.args else type(fault).__name__


def remedy_for(said: str) -> str:
    """Return what to do about it, "" where nothing is known."""
    if is_damage(said):
        return SALVAGE
    return next((remedy for words, remedy in _REMEDIES.items() if words in said.lower()), "")


def is_damage(said: str) -> bool:
    """Whether the database says that its own file is broken."""
    return any(words in said.lower() for words in _DAMAGE)


def explained(what: str, fault: BaseException) -> JournalError:
    """Return the error to raise: `what` could not be done, why, and the remedy.

    `JournalDamaged` where the file is broken, `NotWritten` where it may be tried again later, else `JournalError`.
    """
    said = words_of(fault)
    remedy = remedy_for(said)
    text = f"{what}: {said}; {remedy}" if remedy else f"{what}: {said}"
    if is_damage(said):
        return JournalDamaged(text)
    return NotWritten(text) if any(words in said.lower() for words in _PASSING) else JournalError(text)


def not_written(fault: BaseException) -> JournalError:
    """Return the error for a commit that may be tried again; a damaged file will not mend itself."""
    why = explained("the journal could not be written", fault)
    return why if isinstance(why, JournalDamaged) else NotWritten(str(why))
