"""When the second reader is asked at all."""

from __future__ import annotations

from dataclasses import replace

from crawler.ingest.compare import holds_most
from crawler.ingest.flow import Flow
from crawler.ingest.pages import open_page
from storage.records import Reading

TEXT = tuple(f"Đợt {number} do các đoàn thể trong phường cùng tổ chức, bà con hưởng ứng." for number in range(6))
BESIDE = tuple(f"Chuyện kể số {number} về những ngày đầu xây dựng phường nay được in lại." for number in range(8))
READING = Reading(article=True, reader="2.1", title="Ngày hội", paragraphs=TEXT)


def flow(*parts: str) -> Flow:
    return open_page("".join(parts).encode(), "utf-8").flow


def paragraphs(lines: tuple[str, ...], *, linked: bool = False) -> str:
    return "".join(f"<p>{f'<a href=/x>{line}</a>' if linked else line}</p>" for line in lines)


def test_reading_when_the_rest_of_its_page_is_links_then_has_most_of_it() -> None:
    assert holds_most(flow("<h1>Ngày hội</h1>", paragraphs(TEXT), paragraphs(BESIDE, linked=True)), READING)


def test_reading_when_more_text_stands_beside_it_then_has_not_most_of_its_page() -> None:
    assert not holds_most(flow("<h1>Ngày hội</h1>", paragraphs(TEXT), paragraphs(BESIDE)), READING)


def test_reading_when_it_took_links_for_its_text_then_has_not_most_of_its_page() -> None:
    led_astray = replace(READING, paragraphs=BESIDE)

    assert not holds_most(flow("<h1>Ngày hội</h1>", paragraphs(TEXT), paragraphs(BESIDE, linked=True)), led_astray)
