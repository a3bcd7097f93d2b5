"""DATE: from what a page, its listings and its address say about time to one decision with its reasons.

    DateEvidence -> gather (candidates) -> decide_dates -> Dates

`read_dates` finds the dates printed in a text, `is_date_line` tells a date line from a line of text. Pure: no clock, no I/O.
"""

from crawler.ingest.dates.decide import decide_dates
from crawler.ingest.dates.evidence import DateEvidence
from crawler.ingest.dates.lines import is_date_line, is_side_line, join_labels, unlabelled_dates
from crawler.ingest.dates.strings import Stamp, read_dates

__all__ = [
    "DateEvidence",
    "Stamp",
    "decide_dates",
    "is_date_line",
    "is_side_line",
    "join_labels",
    "read_dates",
    "unlabelled_dates",
]
