"""Reading an expression from its text, with the first fault at its column.

It does not compute anything. The grammar, loosest first: `or`, `and`, `not`, one comparison, `+ -`, `* /`, a leading
minus, and then a number, a 'text', a `${name}`, a function or brackets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ivr.faults import did_you_mean
from ivr.operations import FUNCTIONS, OPERATIONS, Kind, Node

MAX_LENGTH = 500  # characters
MAX_TOKENS = 120
MAX_DEPTH = 16
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z][a-z0-9-]*)?\Z")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|'(?P<text>[^']*)'|\$\{(?P<name>[^{}]*)\}"
    r"|(?P<word>[a-z_]+)|(?P<sign><=|>=|==|!=|[-+*/<>(),]))"
)
_SAME = {"==": "same", "!=": "differs"}
_ADVICE = {
    "=": "write == to compare",
    "&": "write: and",
    "|": "write: or",
    "!": "write: not",
    '"': "put texts in '...'",
    "'": "the text has no closing '",
    "$": "write a name as ${name}",
}


@dataclass(frozen=True, slots=True)
class Malformed:
    """Why a text is no expression. `at` counts characters from 0; `width` is how many are meant."""

    message: str
    at: int
    width: int = 1
    hint: str = ""


class _Fault(Exception):
    def __init__(self, message: str, at: int, width: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.malformed = Malformed(message, at, max(1, width), hint)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number, text, name, word, sign, end
    value: str
    at: int
    width: int

    def shown(self) -> str:
        return "the end" if self.kind == "end" else f"'{self.value}'"


def read_expression(text: str) -> Node | Malformed:
    """The expression, or its first fault."""
    try:
        reader = _Reader(_tokens(text))
        node = reader.either(0)
        reader.expect("", "end")
    except _Fault as fault:
        return fault.malformed
    return node


def _tokens(text: str) -> list[_Token]:
    if len(text) > MAX_LENGTH:
        raise _Fault(f"{len(text)} characters; an expression has at most {MAX_LENGTH}", 0)
    tokens: list[_Token] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _unreadable(text, at)
        kind, value = match.lastgroup, match[match.lastgroup]
        begins = match.end() - len(match[0].lstrip())
        tokens.append(_token(_Token(kind, value.strip() if kind == "name" else value, begins, match.end() - begins)))
        at = match.end()
    if len(tokens) > MAX_TOKENS:
        raise _Fault(f"{len(tokens)} words and signs; an expression has at most {MAX_TOKENS}", tokens[MAX_TOKENS].at)
    return [*tokens, _Token("end", "", len(text.rstrip()), 1)]


def _unreadable(text: str, at: int) -> _Fault:
    while text[at].isspace():
        at += 1
    hint = _ADVICE.get(text[at], "")
    return _Fault(f"'{text[at]}' cannot be read here", at, 1, hint)


def _token(token: _Token) -> _Token:
    if token.kind == "name" and not _NAME.match(token.value):
        raise _Fault(f"'{token.value}' is not a name", token.at, token.width, "write for example ${balance}")
    if token.kind == "text" and "${" in token.value:
        raise _Fault("a name inside a text is not looked up", token.at, token.width, "write it without the quotes")
    whole, _, part = token.value.partition(".")
    if token.kind == "number" and (len(whole) > 15 or len(part) > 6):
        raise _Fault("a number has at most 15 digits and 6 places", token.at, token.width)
    return token


class _Reader:
    """One pass over the tokens. Every level is a method; depth is bounded, so recursion is."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0

    @property
    def token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, *values: str) -> _Token | None:
        token = self.token
        if token.kind in ("word", "sign") and token.value in values:
            self._next += 1
            return token
        return None

    def expect(self, value: str, kind: str = "sign") -> None:
        token = self.token
        if token.kind != kind or (value and token.value != value):
            wanted = f"'{value}'" if value else "the end, or an operator like + or =="
            raise _Fault(f"{wanted} is needed, not {token.shown()}", token.at, token.width)
        self._next += 1

    def either(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise _Fault(f"more than {MAX_DEPTH} levels inside each other", self.token.at)
        node = self._both(depth)
        while sign := self._take("or"):
            node = _made("or", sign, node, self._both(depth))
        return node

    def _both(self, depth: int) -> Node:
        node = self._not(depth)
        while sign := self._take("and"):
            node = _made("and", sign, node, self._not(depth))
        return node

    def _not(self, depth: int) -> Node:
        sign = self._take("not")
        if not sign:
            return self._compared(depth)
        if depth > MAX_DEPTH:
            raise _Fault(f"more than {MAX_DEPTH} levels inside each other", sign.at)
        return _made("not", sign, self._not(depth + 1))

    def _compared(self, depth: int) -> Node:
        first = self._sum(depth)
        sign = self._take("==", "!=", "<", "<=", ">", ">=")
        if not sign:
            return first
        second = self._sum(depth)
        again = self._take("==", "!=", "<", "<=", ">", ">=")
        if again:
            raise _Fault("two comparisons in a row", again.at, again.width, "join them with: and")
        texts = first.kind is Kind.TEXT and second.kind is Kind.TEXT
        return _made(_SAME.get(sign.value, sign.value) if texts else sign.value, sign, first, second)

    def _sum(self, depth: int) -> Node:
        node = self._term(depth)
        while sign := self._take("+", "-"):
            node = _made(sign.value, sign, node, self._term(depth))
        return node

    def _term(self, depth: int) -> Node:
        node = self._signed(depth)
        while sign := self._take("*", "/"):
            node = _made(sign.value, sign, node, self._signed(depth))
        return node

    def _signed(self, depth: int) -> Node:
        sign = self._take("-")
        if not sign:
            return self._atom(depth)
        if depth > MAX_DEPTH:
            raise _Fault(f"more than {MAX_DEPTH} levels inside each other", sign.at)
        return _made("minus", sign, self._signed(depth + 1))

    def _atom(self, depth: int) -> Node:
        token = self.token
        self._next += 1
        if token.kind == "number":
            return Node("", Kind.NUMBER, value=Decimal(token.value))
        if token.kind == "text":
            return Node("", Kind.TEXT, value=token.value)
        if token.kind == "name":
            return Node("", Kind.TEXT, name=token.value)
        if token.kind == "word" and token.value not in ("and", "or", "not"):
            return self._called(token, depth)
        if token.kind == "sign" and token.value == "(":
            node = self.either(depth + 1)
            self.expect(")")
            return node
        raise _Fault(f"a number, a text or a name is needed, not {token.shown()}", token.at, token.width)

    def _called(self, token: _Token, depth: int) -> Node:
        if token.value not in FUNCTIONS:
            bracket = self.token.value == "("
            hint = did_you_mean(token.value, FUNCTIONS) if bracket else f"write ${{{token.value}}}, or '{token.value}'"
            what = "a function" if bracket else "a name or a text"
            raise _Fault(f"'{token.value}' is not {what}", token.at, token.width, hint)
        self.expect("(")
        parts = [self.either(depth + 1)]
        while self._take(","):
            parts.append(self.either(depth + 1))
        self.expect(")")
        return _made(token.value, token, *parts)


def _made(operation: str, token: _Token, *parts: Node) -> Node:
    takes = OPERATIONS[operation].takes
    if len(parts) != len(takes):
        message = f"'{token.value}' takes {len(takes)} values, not {len(parts)}"
        raise _Fault(message, token.at, token.width)
    fitted = tuple(_fitted(part, kind, token) for part, kind in zip(parts, takes, strict=True))
    return Node(operation, OPERATIONS[operation].gives, fitted)


def _fitted(part: Node, kind: Kind, token: _Token) -> Node:
    """`part` as the kind that is needed: a text becomes a number when it is computed, a number becomes a text."""
    if part.kind is kind:
        return part
    if part.kind is Kind.TEXT and kind is Kind.NUMBER:
        if not part.name and not part.operation:
            raise _Fault(f"'{token.value}' needs a number, not the text '{part.value}'", token.at, token.width)
        return Node("number", Kind.NUMBER, (part,))
    raise _Fault(f"'{token.value}' needs {kind}, not {part.kind}", token.at, token.width)
