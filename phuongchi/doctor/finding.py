"""What a check found, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "skipped", "warning", "failure"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination. The cures are empty where nothing is wrong."""

    check: str
    level: Level
    vi: str
    en: str
    vi_cure: str = ""
    en_cure: str = ""


def ok(check: str, vi: str, en: str) -> Finding:
    """All is well."""
    return Finding(check, "ok", vi, en)


def skipped(check: str, vi: str, en: str) -> Finding:
    """Not looked at, and why."""
    return Finding(check, "skipped", vi, en)


def warning(check: str, vi: str, en: str, vi_cure: str, en_cure: str) -> Finding:
    """A night will go on, but somebody should see to it."""
    return Finding(check, "warning", vi, en, vi_cure, en_cure)


def failure(check: str, vi: str, en: str, vi_cure: str, en_cure: str) -> Finding:
    """A night cannot be worked, or not as it should be."""
    return Finding(check, "failure", vi, en, vi_cure, en_cure)


def exit_code(findings: Iterable[Finding]) -> int:
    """1 if anything failed, else 0."""
    return int(any(one.level == "failure" for one in findings))
