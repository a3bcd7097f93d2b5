"""Pages as a browser drew them, in WARC files."""

from __future__ import annotations

from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from storage import warc
from storage.records import RecordRef
from storage.warc import WarcWriter
from storage.warc.conversions import write_conversion
from storage.warc.reader import read_record
from tests.access.test_wacz import indexed_by_others
from tests.storage.warcs import NOW, exchange, open_writer

URL = "https://phuongbachdang.gov.vn/bài-viết/7"
BODY = "<html><body><h1>Thông báo nghỉ lễ</h1></body></html>".encode()


def drawn(folder: Path) -> tuple[WarcWriter, RecordRef, RecordRef]:
    """A file with an answer and the page that was made from it."""
    writer = open_writer(folder)
    answer = writer.write(exchange(URL), entry=1, metadata={"portal": "p", "key": "k"})
    writer.write(exchange("https://phuongbachdang.gov.vn/a.js"), entry=2, metadata={"portal": "p", "key": "a"})
    made = write_conversion(
        folder, writer, BODY, url=URL, of=answer, at=NOW, entry=3, metadata={"portal": "p", "key": "k", "rendered": {}}
    )  # fmt: skip
    return writer, answer, made


def test_conversion_when_written_then_it_is_read_like_an_answer_and_refers_to_it(tmp_path: Path) -> None:
    writer, answer, made = drawn(tmp_path)
    writer.close()
    payload = warc.read_payload(tmp_path, made)
    assert (payload.status, payload.body, payload.header("content-type")) == (200, BODY, "text/html; charset=utf-8")
    record = read_record(tmp_path, made)
    assert (record.kind, record.head["warc-refers-to"]) == (
        "conversion",
        read_record(tmp_path, answer).head["warc-record-id"],
    )
    kept = warc.read_exchange(tmp_path, made)
    assert (kept.entry, kept.url, kept.body, kept.note["key"]) == (3, URL, BODY, "k")
    assert [place.entry for place in warc.contents(tmp_path, writer.name).places] == [1, 2, 3]


def test_conversion_when_others_read_the_file_then_every_record_is_whole(tmp_path: Path) -> None:
    writer, _, _ = drawn(tmp_path)
    writer.close()
    with (tmp_path / "warc" / writer.name).open("rb") as file:
        found = [
            (record.rec_type, record.content_stream().read()) for record in ArchiveIterator(file, check_digests="raise")
        ]
    assert [kind for kind, _ in found].count("conversion") == 1
    assert ("conversion", BODY) in found


@pytest.mark.slow
def test_index_when_a_page_was_drawn_then_only_its_answer_is_listed_to_replay(tmp_path: Path) -> None:
    writer, answer, made = drawn(tmp_path)
    writer.close()
    listed = warc.answers(tmp_path, writer.name).answers
    assert [(one.offset, one.drawn) for one in listed if one.url == listed[0].url] == [
        (answer.offset, False),
        (made.offset, True),
    ]
    theirs = indexed_by_others([tmp_path / "warc" / writer.name])
    assert [about["offset"] for _, _, about in theirs if about["url"] == listed[0].url] == [str(answer.offset)]


def test_copy_when_a_drawn_page_is_kept_then_its_metadata_goes_with_it(tmp_path: Path) -> None:
    writer, _, made = drawn(tmp_path)
    writer.sync()
    other = open_writer(tmp_path, "watch")
    copy = warc.copy_record(tmp_path, made, other)
    other.close()
    kept = warc.read_exchange(tmp_path, copy)
    assert (kept.entry, kept.body) == (3, BODY)
    writer.close()
