"""Captions in letters that know no capitals and no spaces: read once, whatever they are taken for."""

from __future__ import annotations

from crawler.ingest.clean import ends_article, is_furniture
from crawler.ingest.extract import Knowledge, extract
from crawler.ingest.stamps import is_date_line

URL = "https://hoaan.example.gov.vn/tin-tuc/doan-dai-bieu-12.html"
TITLE = "Phường Hòa An đón đoàn đại biểu của tỉnh bạn sang thăm và làm việc"
FIRST = "Sáng 12/5, phường Hòa An đón đoàn đại biểu sang thăm, làm việc và trao đổi về công tác cải cách hành chính."
LAST = "Đoàn cảm ơn sự đón tiếp chu đáo của phường, và mời cán bộ của phường sang thăm lại trong thời gian tới."


def test_extract_when_a_caption_is_one_word_of_three_hundred_letters_then_the_page_is_read() -> None:
    caption = f"ảnh: {'ກຂຄງຈສຊຍດຕຖທນບປຜຝພຟມ' * 18}!"
    page = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><p>{FIRST}</p><p>{caption}</p><p>{LAST}</p></body></html>"
    known = Knowledge(noise=is_furniture, dated=is_date_line, ends=ends_article)
    found = extract(page.encode(), url=URL, charset="utf-8", known=known)
    assert [block.text for block in found.blocks] == [FIRST, caption, LAST]
