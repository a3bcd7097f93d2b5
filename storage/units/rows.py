"""Units and what became of them, as rows. Days are `2025-07-01`; an empty first day is unknown, an empty last one not come."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("Phường", "Xã", "Thị trấn", "Đặc khu", "Thị xã", "Huyện")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit between two reorganisations; `valid_to` is the first day it was no more."""

    code: str
    valid_from: str
    valid_to: str
    name: str
    kind: str
    province: str
    district: str = ""


@dataclass(frozen=True, slots=True)
class Succession:
    """That a unit, or a part of it (`share`: whole part), went into another one; `act` is the decision that said so."""

    old_code: str
    old_from: str
    new_code: str
    new_from: str
    share: str
    act: str = ""


@dataclass(frozen=True, slots=True)
class Tables:
    """All units of a source, each once by code and first day, and their successions."""

    units: tuple[UnitRow, ...]
    successions: tuple[Succession, ...]


def kind_of(name: str) -> str:
    """What a unit is, by the first words of its name; empty if they do not say."""
    return next((kind for kind in KINDS if name.casefold().startswith(kind.casefold() + " ")), "")
