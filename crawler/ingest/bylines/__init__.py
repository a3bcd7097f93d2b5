"""SIGN: who wrote it, whose photos they are, where it came from; the byline leaves the body, a caption never becomes one.

Only the last lines of a text are looked at, and a line is taken only when its label or its form says that it is a signature.
Unknown rather than a guess; the signature of a document (`CHỦ TỊCH`, `Nơi nhận:`) is text and stays.
"""

from crawler.ingest.bylines.foot import Signed, sign
from crawler.ingest.bylines.head import split_head
from crawler.ingest.bylines.labels import Byline, read_byline

__all__ = ["Byline", "Signed", "read_byline", "sign", "split_head"]
