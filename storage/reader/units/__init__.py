"""Wards and communes through time: units, what they were made of, and the portals that stood for them."""

from storage.reader.units.history import Told, called, history
from storage.reader.units.meaning import candidates, find, meaning, several
from storage.reader.units.values import NOWHERE, Meant, Served, Unit

__all__ = [
    "NOWHERE", "Meant", "Served", "Told", "Unit", "called", "candidates", "find", "history", "meaning", "several",
]  # fmt: skip
