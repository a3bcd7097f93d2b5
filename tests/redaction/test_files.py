"""WARC files without what is veiled: the same length, the same offsets, and whole."""

from __future__ import annotations

import gzip
import hashlib
import os
from base64 import b64encode
from pathlib import Path
from random import Random

import pytest

from storage.records import RecordRef
from storage.redaction import files, making, veil
from storage.redaction.records import FileText, fitted, text_left
from storage.redaction.veil import MARK, Rule, Veil
from storage.warc import Original, Walk, read_exchange, read_manifest, read_payload
from storage.warc.manifest import replaced
from storage.warc.writer import _packed
from tests.builders import NOW
from tests.storage.warcs import exchange, open_writer

KEY = bytes(32)
PHONE = "0912 345 678"
WORDS = [
    *("phường", "ủy", "ban", "nhân", "dân", "thông", "báo", "kế", "hoạch", "tổ", "chức", "hội", "nghị", "công", "tác"),
    *("người", "dân", "khu", "phố"),
]
PAGE = f"<html><head><style>p {{ margin: 0 }}</style></head><p>Gọi {PHONE}</p></html>".encode()


def hiding(*rules: Rule) -> Veil:
    return veil.made(KEY, rules or (making.of_string(KEY, PHONE, reason="-", who="-", at=NOW),))


def written(folder: Path, *bodies: bytes, note: dict[str, object] | None = None) -> list[RecordRef]:
    """A finished file with an answer for each body, and a revisit of the first."""
    writer = open_writer(folder, "keep")
    refs = [
        writer.write(exchange(f"https://a.vn/{n}", body=body), entry=n + 1,
                     metadata={"portal": "a.vn", "key": f"a.vn/{n}", "purpose": "article", **(note or {})})
        for n, body in enumerate(bodies)
    ]  # fmt: skip
    first = exchange("https://a.vn/0", body=bodies[0])
    refs.append(
        writer.write(first, entry=len(refs) + 1, metadata={"portal": "a.vn", "key": "a.vn/0", "purpose": "article"},
                     original=Original(first.url, first.fetched_at, refs[0]))
    )  # fmt: skip
    writer.close()
    return refs


def carry_out(folder: Path, found: files.Found) -> list[files.Replaced]:
    return files.replace(folder, found, reason="Yêu cầu\ncủa công dân", at="2026-11-21T01:00:00Z")


@pytest.mark.parametrize("spare", [0, 1, 2, 5, 6, 7, 300, 65_530, 65_541, 65_542, 200_000])
def test_member_when_there_is_room_then_of_exactly_that_length(spare: int) -> None:
    least = next(length for length in range(1, 200) if fitted(b"WARC/1.1 xyz", length))
    made = fitted(b"WARC/1.1 xyz", least + spare)
    assert made is not None
    assert (len(made), gzip.decompress(made)) == (least + spare, b"WARC/1.1 xyz")
    assert fitted(b"WARC/1.1 xyz", least - 1) is None


def test_member_when_a_page_that_hardly_packs_loses_a_telephone_number_then_it_goes_into_its_place() -> None:
    for seed in range(4):
        random = Random(seed)
        words = " ".join(random.choice(WORDS) for _ in range(800))
        image = b64encode(random.randbytes(20_000)).decode()
        page = f'<p>{words}</p><p>LH 0912 345 678</p><img src="data:image/png;base64,{image}">'
        made = fitted(page.replace("0912 345 678", "▮▮▮▮▮▮").encode(), len(_packed(page.encode())))
        assert made is not None


@pytest.mark.slow
def test_file_when_a_page_tells_it_then_masked_in_place_and_its_revisit_follows(tmp_path: Path) -> None:
    other = b"<p>Khong co gi</p>" * 20
    refs = written(tmp_path, PAGE, other, os.urandom(90_000))
    name, before = refs[0].file, (tmp_path / "warc" / refs[0].file).read_bytes()
    [done] = carry_out(tmp_path, files.search(tmp_path, hiding()))
    after = (tmp_path / "warc" / name).read_bytes()
    assert len(after) == len(before)
    assert [member.offset for member in Walk(tmp_path, name) if member.record is None] == []
    for ref in (refs[0], refs[3]):
        assert read_payload(tmp_path, ref).body == PAGE.replace(PHONE.encode(), MARK.encode())
        assert read_exchange(tmp_path, ref).entry in (1, 4)
    assert read_payload(tmp_path, refs[1]).body == other
    assert after[refs[1].offset : refs[3].offset] == before[refs[1].offset : refs[3].offset]
    assert (done.after, replaced(tmp_path)) == (read_manifest(tmp_path)[name], {(name, done.before): done.after})
    assert "Yêu cầu của công dân" in (tmp_path / "warc" / "manifest-sha256.txt").read_text("utf-8")
    assert (tmp_path / "warc" / name).stat().st_mode & 0o777 == 0o440
    assert carry_out(tmp_path, files.search(tmp_path, hiding())) == []


def test_file_when_metadata_tells_it_then_masked_but_not_the_address(tmp_path: Path) -> None:
    said = {"listing": "a.vn/", "anchor": f"Gọi {PHONE}", "date_text": "", "source": "listing"}
    [ref, _] = written(tmp_path, b"<p>Trang</p>", note={"sightings": [said], "key": "a.vn/0912345678"})
    carry_out(tmp_path, files.search(tmp_path, hiding()))
    note = read_exchange(tmp_path, ref).note
    assert note["key"] == "a.vn/0912345678"
    assert note.get("sightings", [{}])[0].get("anchor", f"Gọi {MARK}") == f"Gọi {MARK}"


def test_file_when_an_article_is_redacted_then_its_answers_are_tombstones(tmp_path: Path) -> None:
    refs = written(tmp_path, PAGE, os.urandom(80_000), b"<p>Bai khac</p>")
    facts = {"id": "a1", "addresses": [{"key": "a.vn/0"}], "files": ["a.vn/1"]}
    carry_out(tmp_path, files.search(tmp_path, hiding(Rule("r1", "", "-", "-", (), "a.vn", facts))))
    for ref in (refs[0], refs[1], refs[3]):
        kept = read_exchange(tmp_path, ref)
        assert (kept.body, kept.url) == (b"", f"https://a.vn/{kept.note['key'][-1]}")
    assert read_payload(tmp_path, refs[2]).body == b"<p>Bai khac</p>"


def test_file_when_it_says_something_veiled_then_its_text_without_it_stays_in_its_place(tmp_path: Path) -> None:
    refs = written(tmp_path, os.urandom(80_000), b"<p>Bai khac</p>")
    left = FileText(f"Danh sách\n{MARK}\nBa hộ khác", 2)
    [done] = carry_out(tmp_path, files.search(tmp_path, hiding(), entries={1: left}))
    kept, answer = read_exchange(tmp_path, refs[0]), read_payload(tmp_path, refs[0])
    assert (text_left(answer.head, answer.body), kept.size) == (left, 0)
    assert kept.sha256 == hashlib.sha256(answer.body).hexdigest()
    assert [member.offset for member in Walk(tmp_path, done.name) if member.record is None] == []
    assert read_payload(tmp_path, refs[1]).body == b"<p>Bai khac</p>"
    assert carry_out(tmp_path, files.search(tmp_path, hiding(), entries={1: left})) == []
    less = FileText(f"Danh sách\n{MARK}\n{MARK}", 2)
    carry_out(tmp_path, files.search(tmp_path, hiding(), entries={1: less}))
    answer = read_payload(tmp_path, refs[0])
    assert text_left(answer.head, answer.body) == less
    buried = hiding(Rule("r1", "", "-", "-", (), "a.vn", {"id": "a1", "addresses": [{"key": "a.vn/0"}], "files": []}))
    carry_out(tmp_path, files.search(tmp_path, buried))
    assert read_payload(tmp_path, refs[0]).body == b""


def test_file_when_the_process_dies_before_it_takes_its_place_then_the_next_call_goes_on(tmp_path: Path) -> None:
    [ref, _] = written(tmp_path, PAGE)
    (tmp_path / "warc" / f".{ref.file}.redacted").write_bytes(b"half")
    carry_out(tmp_path, files.search(tmp_path, hiding()))
    assert MARK.encode() in read_payload(tmp_path, ref).body
    assert list((tmp_path / "warc").glob(".*")) == []
