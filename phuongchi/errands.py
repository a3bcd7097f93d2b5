"""What child processes are asked to do, one value a line of their stdin; `phuongchi.children` carries them out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from storage.records import Portal

LEASE = 600.0
"""Seconds of real time after which a reader's lease may be taken over."""


@dataclass(frozen=True, slots=True)
class CommandJob:
    """What a child for upkeep is asked: one command of the program, with its arguments."""

    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadJob:
    """What a reader is asked: one portal of one archive. `at_end` says that its visit is over."""

    database: str
    folder: Path
    portal: Portal
    at_end: bool
