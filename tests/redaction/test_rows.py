"""What a redaction does to the rows of a database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from storage import reader, schema
from storage.engine import Database
from storage.reader import Filters
from storage.redaction import applying, articles, making, rows, veil
from storage.redaction.compacting import compact
from storage.redaction.veil import MARK
from storage.upkeep import ledger
from storage.writer import asked
from tests.builders import NOW, make_capture, make_portal, put_capture, put_portal
from tests.ingest.archives import Archive, path_of, story

PHONE = "0912 345 678"
TOLD = f"<p>Liên hệ ông Trần Quốc Tuấn, số {PHONE}, để được hỗ trợ.</p>"


@pytest.fixture
def archive(database: Database, tmp_path: Path) -> Archive:
    """Four articles that were read; the second says a number."""
    made = Archive(database, tmp_path)
    for number in range(4):
        made.put(path_of(number), story(number, extra=TOLD if number == 1 else ""))
    made.mention(path_of(2), f"Gọi {PHONE} để biết thêm")
    assert made.read() == {"new": 4}
    return made


def decide(archive: Archive, *rules: veil.Rule) -> applying.Touched:
    """Write rules down and carry them out."""
    for rule in rules:
        ledger.append(archive.folder, "redact", at=archive.at, **veil.as_line(rule))
    return applying.apply(archive.db, archive.folder, None, now=archive.at)


def of_phone(archive: Archive) -> veil.Rule:
    return making.of_string(veil.make_key(archive.folder), PHONE, reason="Yêu cầu", who="Hương", at=archive.at)


def ids(archive: Archive) -> list[str]:
    with archive.db.read() as conn:
        return list(conn.execute(select(schema.article.c.id).order_by(schema.article.c.number)).scalars())


def everything(db: Database) -> str:
    """What all rows say."""
    with db.read() as conn:
        return "\n".join(repr(row) for table in schema.metadata.tables.values() for row in conn.execute(select(table)))


def test_string_when_redacted_then_masked_in_every_row_and_the_same_page_is_no_revision(archive: Archive) -> None:
    name = ids(archive)[1]
    before = reader.events(archive.db)
    assert PHONE in everything(archive.db)
    touched = decide(archive, of_phone(archive))
    assert (touched.articles, touched.rows) == ([name], {"sighting": 1})
    assert PHONE not in everything(archive.db)
    state = reader.state(archive.db, name)
    assert state is not None
    assert f"Liên hệ ông Trần Quốc Tuấn, số {MARK}, để được hỗ trợ." in state.revision["paragraphs"]
    found = [event for event in reader.events(archive.db) if event.article == name]
    assert [(event.kind, event.digest) for event in found] == [("created", ""), ("redacted", state.revision["digest"])]
    assert reader.articles(archive.db, Filters(words=f'"{PHONE}"')) == []
    assert len(reader.articles(archive.db, Filters(words="Quốc Tuấn"))) == 1
    archive.put(path_of(1), story(1, extra=TOLD, hits=9), days=1)
    assert archive.read() == {"unchanged": 1}
    archive.put(path_of(1), story(1, extra=TOLD + "<p>Tin thêm: hạn cuối là ngày 30 tháng 11.</p>", hits=11), days=1)
    assert archive.read() == {"revised": 1}
    assert PHONE not in everything(archive.db)
    assert len(reader.events(archive.db)) == len(before) + 2
    assert not applying.apply(archive.db, archive.folder, None, now=archive.at).anything


def test_article_when_redacted_then_only_a_tombstone_and_no_capture_brings_it_back(archive: Archive) -> None:
    name, other = ids(archive)[1:3]
    key = veil.make_key(archive.folder)
    kept = reader.state(archive.db, other)
    rule = making.of_article(archive.db, key, name, reason="Yêu cầu", who="Hương", at=archive.at)
    decide(archive, rule)
    state = reader.state(archive.db, name)
    assert state is not None and state.decision is not None
    assert (state.visibility, state.decision.reason, state.revision["paragraphs"]) == ("redacted", "Yêu cầu", ())
    assert state.url.endswith(path_of(1))
    assert "Quốc Tuấn" not in everything(archive.db)
    again = reader.state(archive.db, other)
    assert kept is not None and again is not None
    assert again.revision["paragraphs"] == kept.revision["paragraphs"]  # the form that both share is left to it
    for days, body in enumerate((story(1, extra=TOLD, hits=5), b"", b"<p>404</p>"), 1):
        archive.put(path_of(1), body, days=days, status=404 if b"404" in body else 200)
    assert archive.read() == {"not-article": 3}
    assert archive.events()[-1] == "redacted"
    with archive.db.read() as conn:
        key = f"phuonghoabinh.gov.vn/{path_of(1)}"
        assert asked.pages(conn, archive.portal.id, [key])[key].read_as == "redacted"


def test_article_when_withheld_and_released_then_hidden_and_shown_and_told(archive: Archive) -> None:
    name = ids(archive)[0]
    for visible, kind, seen in ((False, "withheld", 0), (True, "released", 1)):
        with archive.db.write() as conn:
            assert articles.set_visible(conn, name, visible, "Xác minh", at=NOW, now=NOW)
            assert not articles.set_visible(conn, name, visible, "Xác minh", at=NOW, now=NOW)
        assert archive.events()[-1] == kind
        assert sum(line.id == name for line in reader.articles(archive.db, Filters())) == seen


def test_ledger_when_it_withholds_then_a_database_made_anew_does_so_too(archive: Archive) -> None:
    name = ids(archive)[0]
    ledger.append(archive.folder, "withhold", at=NOW, article=name, reason="Xác minh", who="Hương")
    applying.apply(archive.db, archive.folder, None, now=NOW)
    state = reader.state(archive.db, name)
    assert state is not None and state.decision is not None
    assert (state.visibility, state.decision.reason) == ("withheld", "Xác minh")


def test_database_when_compacted_then_its_file_holds_nothing_of_deleted_words(
    archive: Archive, database_url: str
) -> None:
    with archive.db.write() as conn:
        conn.execute(insert(schema.alert).values(portal="", cause="x", opened_at=NOW, detail="xoadituvungnay" * 3))
    with archive.db.write() as conn:
        conn.execute(schema.alert.delete())
    decide(archive, of_phone(archive))
    compact(archive.db)
    if archive.db.dialect == "sqlite":
        files = [path for path in Path(database_url.removeprefix("sqlite:///")).parent.glob("phuongchi.db*")]
        data = b"".join(path.read_bytes() for path in files)
        assert b"xoadituvungnay" not in data
        assert PHONE.encode() not in data
    with archive.db.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM article")).scalar() == 4


def test_rows_when_more_than_a_slice_then_each_is_looked_at_once(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule, told = of_phone(archive), range(90, 95)
    with archive.db.write() as conn:
        for number in told:
            conn.execute(
                insert(schema.template).values(
                    portal=archive.portal.id,
                    version=number,
                    learned_from=[],
                    learned_at=archive.at,
                    body={"said": PHONE},
                )
            )
    monkeypatch.setattr(rows, "_SLICE", 2)
    trial = making.with_rules(archive.folder, veil.read_key(archive.folder), [rule])
    found = [line.key["version"] for line in rows.lines(archive.db, trial) if line.table == "template"]
    assert found == list(told)


@pytest.mark.slow
@pytest.mark.long_on_postgresql
def test_entries_when_more_than_a_statement_may_name_then_all_are_looked_for(archive: Archive) -> None:
    with archive.db.read() as conn:
        kept = frozenset(conn.execute(select(schema.capture.c.entry)).scalars())
        files = frozenset(conn.execute(select(schema.capture.c.file)).scalars())
    many = kept | frozenset(range(10**6, 10**6 + 300_000))
    assert rows.with_same_bytes(archive.db, veil.NOTHING, many) == many
    assert rows.places(archive.db, many) == files


def test_unmasked_when_there_are_more_files_than_a_slice_then_all_are_found_and_no_statement_goes_through_more(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    with archive.db.read() as conn:
        entries = list(conn.execute(select(schema.capture.c.entry).order_by(schema.capture.c.entry)).scalars())
    said = [f"Gọi {MARK}", "Không có gì", f"{MARK} và {MARK}", "[đã che", f"Ông {MARK}"][: len(entries)]
    with archive.db.write() as conn:
        for entry, words in zip(entries, said, strict=False):
            row = {"entry": entry, "text": words, "text_sha256": "", "pages": 0, "flag": "", "reader": "r"}
            conn.execute(insert(schema.file_text).values(**row))
        conn.execute(schema.capture.update().where(schema.capture.c.entry != entries[2]).values(size=9))
    begun: list[object] = []
    archive.db.on_begin(begun.append)
    monkeypatch.setattr(rows, "_SLICE", 1)
    found = rows.unmasked(archive.db)
    assert found == {entry for entry, words in zip(entries, said, strict=False) if MARK in words} - {entries[2]}
    assert len(begun) == len(said) + 1


def test_left_when_portals_have_one_file_then_each_text_is_masked_by_its_own_portals_rules(archive: Archive) -> None:
    key, said = veil.make_key(archive.folder), f"Gọi {PHONE}, gặp ông Trần Quốc Tuấn."
    ours, theirs = archive.portal.id, "phuongkhac.gov.vn"
    rules = (
        replace(of_phone(archive), portal=ours),
        replace(making.of_string(key, "Trần Quốc Tuấn", reason="x", who="y", at=NOW), portal=theirs),
    )
    made, number = veil.made(key, rules), 10**6
    with archive.db.write() as conn:
        for place, portal in enumerate((ours, ours, theirs, "khong-co-luat.gov.vn")):
            put_portal(conn, make_portal(f"https://{portal}/"))
            put_capture(conn, make_capture(number + place, portal=portal, payload_sha256="f" * 64), key=f"tep-{place}")
        row = {"entry": number, "text": said, "text_sha256": "", "pages": 2, "flag": "", "reader": "r"}
        conn.execute(insert(schema.file_text).values(**row))
    entries = rows.with_same_bytes(archive.db, made, rows.files(archive.db, made))
    assert entries == {number, number + 1, number + 2}  # nobody has asked for the fourth
    found = rows.left(archive.db, made, entries)
    mine, other = f"Gọi {MARK}, gặp ông Trần Quốc Tuấn.", f"Gọi {PHONE}, gặp ông {MARK}."
    assert [found[entry].text for entry in sorted(entries)] == [mine, mine, other]
