"""Tables of wards and communes in time, as files: a CSV of our own, and the data of the package `vietnamadminunits`."""

from storage.units.package import read_package
from storage.units.rows import Succession, Tables, UnitRow
from storage.units.sheet import COLUMNS, read_sheet, write_sheet

__all__ = ["COLUMNS", "Succession", "Tables", "UnitRow", "read_package", "read_sheet", "write_sheet"]
