"""EXTRACT: one page's bytes to title, blocks, head region, files and claims. One parse; nothing is dated or cleaned here."""

from crawler.ingest.extract.knowledge import Knowledge
from crawler.ingest.extract.page import Extracted, extract, extract_page
from crawler.ingest.extract.shape import Shape

__all__ = ["Extracted", "Knowledge", "Shape", "extract", "extract_page"]
