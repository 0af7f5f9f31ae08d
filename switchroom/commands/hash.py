"""`switchroom hash`: an argon2id hash of a secret, for the column of a source's table.

It does not keep the secret: it is read from standard input, unseen where that is a terminal, and only its hash is
printed. A secret on the command line would stand in the history of the shell.
"""

from __future__ import annotations

import sys
from getpass import getpass

from argon2 import PasswordHasher

from switchroom.commands.answers import Code, UsageError, print_line
from switchroom.words import say

LONGEST = 128  # characters


def show() -> Code:
    """Print the hash of each line of standard input, or of the one secret that is typed at a terminal."""
    lines = [getpass(say("hash.ask"))] if sys.stdin.isatty() else [line.rstrip("\r\n") for line in sys.stdin]
    for number, secret in enumerate(lines, 1):
        if not 1 <= len(secret) <= LONGEST:
            raise UsageError(say("hash.length", line=number, most=LONGEST))
    hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    for secret in lines:
        print_line(hasher.hash(secret))
    return Code.OK
