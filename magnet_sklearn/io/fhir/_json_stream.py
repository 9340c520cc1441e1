"""JSON files read piece by piece: the entries of a Bundle, the lines of NDJSON."""

import gzip
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from json.decoder import WHITESPACE  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any, TextIO

_CHUNK = 1 << 16  # characters
# A single value above this is no resource of a patient.
_LARGEST = 1 << 28


class BrokenLine:
    """A line of NDJSON that is no JSON."""


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a JSON file, `.gz` or not, in the encoding that its first bytes tell."""
    opener: Any = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        head = file.read(4)
        file.seek(0)
        encoding = json.detect_encoding(head)
        with io.TextIOWrapper(file, encoding=encoding) as text:
            yield text


def read_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield number (from 1) and content of each line that is not blank."""
    with open_text(path) as text:
        number = 0
        while line := text.readline(_LARGEST):
            number += 1
            if not line.strip():
                continue
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                yield number, BrokenLine


def read_bundle(path: Path) -> Iterator[tuple[int | None, Any]]:
    """Yield the entries of a Bundle in a file, or the one value that it holds.

    Yields
    ------
    number : int or None
        Number of the entry; None for the value of the file without its entries.
    content : object
        What stands there.
    """
    with open_text(path) as text:
        window = _Window(text)
        if window.peek() != "{":
            yield None, window.value()
            window.expect_end()
            return
        window.skip("{")
        rest: dict[str, Any] = {}
        while window.peek() != "}":
            name = window.value()
            window.skip(":")
            if name == "entry" and window.peek() == "[" and _may_be_bundle(rest):
                rest["entry"] = []
                yield from window.elements()
            else:
                rest[name] = window.value()
            window.comma("}")
        window.skip("}")
        window.expect_end()
        yield None, rest


def _may_be_bundle(rest: dict[str, Any]) -> bool:
    # a List has entries too
    return rest.get("resourceType", "Bundle") == "Bundle"


class _Window:
    """A part of a text that moves on as values are read."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._buffer = ""
        self._at = 0
        self._decoder = json.JSONDecoder()
        self._is_over = False

    def elements(self) -> Iterator[tuple[int, Any]]:
        """Yield the elements of the list that begins here."""
        self.skip("[")
        number = 0
        while self.peek() != "]":
            yield number, self.value()
            number += 1
            self.comma("]")
        self.skip("]")

    def value(self) -> Any:
        """Read the value that begins here."""
        self.peek()
        size = _CHUNK
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if self._is_over or not self._may_go_on(error):
                    raise
            else:
                # a number may go on in the next chunk
                if end < len(self._buffer) or self._is_over:
                    self._at = end
                    return value
            self._read(size)
            size *= 2

    def peek(self) -> str:
        """Return the next character that is no blank; "" at the end."""
        while True:
            self._at = WHITESPACE.match(self._buffer, self._at).end()
            if self._at < len(self._buffer) or self._is_over:
                return self._buffer[self._at : self._at + 1]
            self._read(_CHUNK)

    def skip(self, character: str) -> None:
        """Step over a character that must stand here."""
        if self.peek() != character:
            raise json.JSONDecodeError(f"Expected {character!r}", "", self._at)
        self._at += 1

    def comma(self, closing: str) -> None:
        """Step over a comma, which may lack before the closing character only."""
        if self.peek() != closing:
            self.skip(",")
            if self.peek() == closing:
                raise json.JSONDecodeError("Expected a value", "", self._at)

    def expect_end(self) -> None:
        """Refuse text behind the value."""
        if self.peek():
            raise json.JSONDecodeError("Expected the end", "", self._at)

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        """Tell whether more text may mend an error."""
        if error.msg.startswith("Unterminated string"):
            return len(self._buffer) - self._at <= _LARGEST
        return len(self._buffer) - error.pos < len("-Infinity") + 1

    def _read(self, size: int) -> None:
        chunk = self._text.read(size)
        self._is_over = not chunk
        self._buffer, self._at = self._buffer[self._at :] + chunk, 0
