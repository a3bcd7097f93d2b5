"""The tables of `docs/reference.md` and `docs/guarantees.md`, made from the program. `python -m tests.docs.generate` writes them
into the files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crawler.fetch.failures import CLASSES
from phuongchi.cli import application
from phuongchi.settings import ENVIRONMENT, SETTINGS
from storage.points import POINTS

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference.md"
GUARANTEES = REFERENCE.with_name("guarantees.md")
SHARED = ("folder", "verbose", "quiet", "help")
BLOCK = re.compile(r"<!-- (?P<name>[a-z]+) -->\n.*?<!-- end -->", re.DOTALL)


def rendered(text: str) -> str:
    """`text` with every marked block made anew."""
    return BLOCK.sub(lambda found: f"<!-- {found['name']} -->\n{BLOCKS[found['name']]()}<!-- end -->", text)


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name, as the program has them."""

    def walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
        below = getattr(command, "commands", None)
        if not below:
            yield name, command
        for word, one in (below or {}).items():
            yield from walk(one, f"{name} {word}".strip())

    return walk(application(), "")


def _commands() -> str:
    lines = ["| command | what it does |", "|---|---|"]
    for name, command in commands():
        arguments = " ".join(_argument(one) for one in command.params if one.param_type_name == "argument")
        options = [one for one in command.params if one.param_type_name == "option" and one.name not in SHARED]
        words = (command.help or "").strip() + "".join(f"<br>`{', '.join(one.opts)}` {one.help}" for one in options)
        lines.append(f"| `{name} {arguments}".strip() + f"` | {words} |")
    return "\n".join(lines) + "\n"


def _argument(one: Any) -> str:
    """An argument as a synopsis shows it: optional ones in brackets, repeated ones with an ellipsis."""
    name = one.metavar if one.required else f"[{one.metavar}]"
    return f"{name}…" if one.nargs == -1 else name


def _settings() -> str:
    rows = (
        f"| `{one.name}` | `{repr(one.default).replace(chr(39), chr(34))}` | {one.meaning}<br>{one.nghia} |"
        for one in SETTINGS
    )
    return "\n".join(["| name | default | meaning |", "|---|---|---|", *rows]) + "\n"


def _environment() -> str:
    rows = (f"| `{name}` | {meaning} |" for name, meaning in ENVIRONMENT)
    return "\n".join(["| variable | meaning |", "|---|---|", *rows]) + "\n"


def _failures() -> str:
    rows = (f"| `{name}` | {one.meaning} | {'yes' if one.retry else ''} |" for name, one in CLASSES.items())
    return "\n".join(["| class | meaning | tried again in the same run |", "|---|---|---|", *rows]) + "\n"


def points() -> str:
    """Every point at which a test may hurt a process."""
    rows = (f"| `{name}` | {one.where} | {one.meaning} |" for name, one in POINTS.items())
    return "\n".join(["| point | where | what has happened |", "|---|---|---|", *rows]) + "\n"


BLOCKS = {"commands": _commands, "settings": _settings, "environment": _environment, "failures": _failures}

if __name__ == "__main__":
    REFERENCE.write_text(rendered(REFERENCE.read_text(encoding="utf-8")), encoding="utf-8")
    GUARANTEES.write_text(
        BLOCK.sub(f"<!-- points -->\n{points()}<!-- end -->", GUARANTEES.read_text(encoding="utf-8")), encoding="utf-8"
    )
