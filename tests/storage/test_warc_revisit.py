"""Bodies that the archive has already: a revisit leads to them."""

from __future__ import annotations

import os
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from storage import warc
from storage.errors import FixityError
from storage.records import RecordRef
from storage.warc import Original
from storage.warc.heads import head_of
from tests.storage.warcs import BODY, NOW, check, exchange, open_writer, records

AGAIN = NOW + timedelta(days=1)


def two_nights(folder: Path, body: bytes = BODY, **changes: object) -> tuple[RecordRef, RecordRef]:
    """A response, and a file of the next night with a revisit of it."""
    first, second = open_writer(folder), open_writer(folder, "watch")
    kept = first.write(exchange(body=body, **changes), entry=1, metadata={"portal": "a"})
    first.close()
    again = exchange(body=body, fetched_at=AGAIN, **changes)
    original = Original(again.url, NOW, kept)
    revisit = second.write(again, entry=2, metadata={"portal": "a"}, original=original)
    second.close()
    return kept, revisit


def test_revisit_when_written_then_as_others_read_it_and_without_the_body(tmp_path: Path) -> None:
    kept, revisit = two_nights(tmp_path, os.urandom(50_000))
    _, (kind, head, block), *_ = records(tmp_path / "warc" / revisit.file)
    assert (kind, block) == ("revisit", b"")
    assert head["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert head["WARC-Refers-To-Target-URI"] == head["WARC-Target-URI"] == "https://a.gov.vn/tin-tuc?id=7"
    assert (head["WARC-Refers-To-Date"], head["WARC-Date"]) == (
        "2026-11-02T15:30:01.250000Z",
        "2026-11-03T15:30:01.250000Z",
    )
    assert head["WARC-Payload-Digest"].startswith("sha256:")
    assert revisit.length < 1000 < kept.length
    done = check(tmp_path / "warc" / revisit.file)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("body", [BODY, os.urandom(900_000)], ids=["small", "larger than what is read at once"])
def test_read_payload_when_it_is_a_revisit_then_the_body_of_the_original(tmp_path: Path, body: bytes) -> None:
    kept, revisit = two_nights(tmp_path, body)
    assert warc.read_payload(tmp_path, revisit) == warc.read_payload(tmp_path, kept)
    found = warc.read_exchange(tmp_path, revisit)
    assert (found.entry, found.body, found.size, found.at) == (2, body, len(body), AGAIN)
    assert found.sha256 == warc.read_exchange(tmp_path, kept).sha256


def test_read_head_when_the_body_stands_elsewhere_then_it_is_not_looked_for(tmp_path: Path) -> None:
    kept, revisit = two_nights(tmp_path)
    heads = {warc.read_payload(tmp_path, ref).head for ref in (kept, revisit)}
    assert {warc.read_head(tmp_path, ref).head for ref in (kept, revisit)} == heads
    (tmp_path / "warc" / kept.file).unlink()
    found = warc.read_head(tmp_path, revisit)
    assert ({found.head}, found.status, found.body) == (heads, 200, b"")
    with pytest.raises(FixityError):
        warc.read_payload(tmp_path, revisit)


def test_read_payload_when_a_coded_body_is_revisited_then_decoded(tmp_path: Path) -> None:
    packed = zlib.compress(BODY)
    head = (("Content-Type", "text/html"), ("Content-Encoding", "deflate"))
    _, revisit = two_nights(tmp_path, packed, response_head=head)
    assert warc.read_payload(tmp_path, revisit).body == BODY


def test_read_payload_when_the_original_is_gone_or_another_then_fixity_error(tmp_path: Path) -> None:
    kept, revisit = two_nights(tmp_path)
    path = tmp_path / "warc" / kept.file
    good = path.read_bytes()
    path.unlink()
    with pytest.raises(FixityError, match=f"{kept.file} is missing"):
        warc.read_payload(tmp_path, revisit)
    path.write_bytes(good[: kept.offset + 20])
    with pytest.raises(FixityError, match=f"{kept.file}:{kept.offset} is damaged"):
        warc.read_payload(tmp_path, revisit)
    other = open_writer(tmp_path / "other")
    ref = other.write(exchange(body=b"another"), entry=1, metadata={})
    other.close()
    path.write_bytes(good[: kept.offset] + (tmp_path / "other" / "warc" / other.name).read_bytes()[ref.offset :])
    with pytest.raises(FixityError, match="is not the one that"):
        warc.read_payload(tmp_path, revisit)


def test_copy_record_when_it_is_a_revisit_then_it_still_leads_to_its_body(tmp_path: Path) -> None:
    _, revisit = two_nights(tmp_path)
    writer = open_writer(tmp_path)
    copied = warc.copy_record(tmp_path, revisit, writer)
    writer.close()
    assert warc.read_payload(tmp_path, copied).body == BODY
    assert replace(copied, offset=0) == RecordRef("keep", writer.name, 0, revisit.length)


def test_copy_record_when_it_means_a_body_in_watch_then_whole_and_the_next_one_leads_to_that(tmp_path: Path) -> None:
    watch = open_writer(tmp_path, "watch")
    kept = watch.write(exchange(), entry=1, metadata={})
    original = Original(exchange().url, NOW, kept)
    first, second = (watch.write(exchange(), entry=entry, metadata={}, original=original) for entry in (2, 3))
    watch.close()
    keep, bodies = open_writer(tmp_path), warc.Bodies()
    copies = [warc.copy_record(tmp_path, ref, keep, bodies=bodies) for ref in (first, second)]
    keep.close()
    (tmp_path / "warc" / watch.name).unlink()
    assert [warc.read_payload(tmp_path, ref).body for ref in copies] == [BODY, BODY]
    assert [warc.read_exchange(tmp_path, ref).entry for ref in copies] == [2, 3]
    answers = [head for kind, head, _ in records(tmp_path / "warc" / keep.name) if kind in ("response", "revisit")]
    assert [head["WARC-Type"] for head in answers] == ["response", "revisit"]
    assert check(tmp_path / "warc" / keep.name).returncode == 0


def test_head_of_when_an_address_is_long_then_all_of_the_header(tmp_path: Path) -> None:
    writer, address = open_writer(tmp_path), "https://a.gov.vn/" + "".join(f"muc-{n}/" for n in range(400))
    refs = [writer.write(exchange(url=url), entry=1, metadata={}) for url in (address, "https://a.gov.vn/")]
    writer.close()
    long, short = (head_of(tmp_path, ref) for ref in refs)
    assert long["warc-target-uri"] == address
    assert long.keys() == short.keys() >= {"warc-type", "content-length"}
