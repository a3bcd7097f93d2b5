"""Articles on their way out: chosen at one instant, read in slices, written to a file that is there whole or not at all.

`order` says what is wanted and reads it, `lines`, `sheet`, `parquet` and `texts` write it, `making` joins them with manifest
and data sheet; `wacz` packs what was received.
"""

from access.exports.making import FORMATS, Made, make, make_stream
from access.exports.manifest import Maker
from access.exports.order import EVERYTHING, Order, articles

__all__ = ["EVERYTHING", "FORMATS", "Made", "Maker", "Order", "articles", "make", "make_stream"]
