"""Reading a TOML file so that every complaint names file, line and key."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from storage.errors import UsageError

_HEADER = re.compile(r"\s*(\[{1,2})\s*([^\[\]#]+?)\s*\]{1,2}\s*(#.*)?$")
_KEY = re.compile(r"""\s*["']?([^"'=\s]+?)["']?\s*=""")
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_OF_A_TABLE = re.compile(r".*#\d+\.")
_TWICE = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Duplicate")
"""How the messages of tomllib begin that mean: this was said before."""


class TomlText:
    """A TOML file as read: its values and where they stand."""

    def __init__(self, path: Path, text: str, values: dict[str, Any]) -> None:
        self.path, self.text, self.values = path, text, values

    @classmethod
    def read(cls, path: Path) -> TomlText:
        """Read and parse `path`. Raises UsageError naming the line when it is not TOML or not UTF-8."""
        try:
            text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise UsageError(f"{path} is not UTF-8 text", cure="Save it as UTF-8") from None
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}", cure="Check the file and its rights") from None
        try:
            return cls(path, text, tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            message = str(error)
            found = _POSITION.search(message)
            line = int(found[1]) if found and found[1] else len(text.rstrip().split("\n"))
            problem, cure = _POSITION.sub("", message), "Texts stand in quotes, tables in brackets"
            if problem.startswith(_TWICE):
                problem, cure = _said_twice(text.split("\n"), line)
            raise UsageError(f"{path}, line {line}: {problem}", cure=cure) from None

    def line(self, table: str, key: str = "", *, index: int = 0) -> int | None:
        """Line of `key` in `[table]` (or the `index`-th `[[table]]`); `table` is empty for the top. None if not found."""
        current, counts, header_at = "", dict[str, int](), None if table else 1
        for number, line in enumerate(self.text.split("\n"), 1):
            if header := _HEADER.match(line):
                current = header[2].replace(" ", "")
                if not table and current == key:
                    return number
                if header[1] == "[[":
                    counts[current] = counts.get(current, -1) + 1
                    current = f"{current}#{counts[current]}"
                header_at = number if current in (table, f"{table}#{index}") else header_at
            elif key and (found := _KEY.match(line)):
                inside = current in (table, f"{table}#{index}") and found[1] == key
                if inside or (not current and found[1] == f"{table}.{key}"):
                    return number
        return header_at if table and not key else None

    def complaint(self, message: str, table: str, key: str = "", *, index: int = 0, cure: str = "") -> UsageError:
        """An error about one key of this file."""
        line = self.line(table, key, index=index) or self.line(table, index=index)
        where = f"{self.path}, line {line}" if line else str(self.path)
        return UsageError(f"{where}: {message}", cure=cure)


def _said_twice(lines: Sequence[str], number: int) -> tuple[str, str]:
    """What to say when `lines[number - 1]` says again what an earlier line says, and what to do about it."""
    names = dict(_names(lines[:number]))
    name = names.pop(number, "")
    same = [line for line, other in names.items() if other == name]
    below = [line for line, other in names.items() if other.startswith(f"{name}.")]
    first = max(same or below, default=0)
    if not name or not first:
        return "a key or table is set twice", "Keep one of them"
    if names[first] != name:
        cure = "Write them all one way: with dots, or in the table"
        return f"[{name}] is begun here, but line {first} sets {names[first]}", cure
    return f"{_OF_A_TABLE.sub('', name)} is set twice, first in line {first}", "Keep one of them"


def _names(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Line number and full name of each table and key. Each `[[table]]` begins a table of its own."""
    current, count = "", 0
    for number, line in enumerate(lines, 1):
        if header := _HEADER.match(line):
            count += 1
            current = header[2].replace(" ", "")
            if header[1] == "[":
                yield number, current
            else:
                current = f"{current}#{count}"
        elif key := _KEY.match(line):
            yield number, f"{current}.{key[1]}".lstrip(".")


def nearest(name: str, names: Iterable[str]) -> str:
    """A sentence that names the likeliest intended name, or nothing."""
    close = difflib.get_close_matches(name, list(names), n=1)
    return f"Did you mean {close[0]}?" if close else ""
