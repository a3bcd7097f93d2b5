"""The grammar of printed and embedded dates: what a line, a machine's value or an address says of time.

Judges no article: which of these dates is its publication is decided in `crawler.ingest.dates`. Ground of the reading half: the
template, the byline reader and the date stage stand on it.
"""

from crawler.ingest.stamps.lines import (
    Mention,
    beside_dates,
    is_date_line,
    is_side_line,
    join_labels,
    mentions,
    names_time,
    times_told,
    without_dates,
)
from crawler.ingest.stamps.machine import name_role, read_machine
from crawler.ingest.stamps.strings import Stamp, read_dates

__all__ = [
    "Mention",
    "Stamp",
    "beside_dates",
    "is_date_line",
    "is_side_line",
    "join_labels",
    "mentions",
    "name_role",
    "names_time",
    "read_dates",
    "read_machine",
    "times_told",
    "without_dates",
]
