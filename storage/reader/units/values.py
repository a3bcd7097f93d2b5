"""Wards and communes in time, as readers get them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A ward or commune between two reorganisations: `since` is its first day, `until` the first day it was no more.

    Days are `2025-07-01`; an empty one is unknown or has not come. Codes and names are used again: only code and `since`
    together name one unit.
    """

    code: str
    since: str
    until: str
    name: str
    kind: str
    district: str
    province: str

    @property
    def title(self) -> str:
        """Its name with the places it lies in."""
        return ", ".join(part for part in (self.name, self.district, self.province) if part)


@dataclass(frozen=True, slots=True)
class Served:
    """A portal that stood for a unit, from day to day (until: the first day it did no more); empty: always."""

    portal: str
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Meant:
    """What the names in a list's filters stood for: units, those they were made of that have portals, and the portals.

    Without names `portals` is None: all of them.
    """

    units: tuple[Unit, ...] = ()
    includes: tuple[Unit, ...] = ()
    portals: tuple[Served, ...] | None = None


NOWHERE = Meant()
