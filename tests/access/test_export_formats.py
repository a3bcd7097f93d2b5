"""What exports write, read by those who will read it: csv, pandas, polars, pyarrow, sha256sum, json."""

from __future__ import annotations

import csv
import fcntl
import gzip
import hashlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pandas
import polars
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from access import exports
from access.exports import EVERYTHING, Maker, Order, articles, places
from access.exports import parquet as parquet_module
from access.exports.columns import COLUMNS, Kind
from access.exports.places import MARK
from access.exports.sheet import restored, safe
from access.exports.texts import SUMS
from storage import engine, points
from storage.engine import Database
from storage.errors import StorageFull, UsageError
from storage.records import Attachment, Image
from storage.redaction.articles import set_visible
from tests.builders import NOW, make_portal, make_reading, put_article

DOCS = Path(__file__).parents[2] / "docs"
MAKER = Maker("1.2.3", NOW, "UBND phường", "mailto:a@b.vn")
EVIL = (
    "=1+1",
    "+84 912",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "＝cmd",
    "'=1",
    "''",
    '"\r\n=1";x',
    "a,b;c|d",
    "'",
    "<script>alert(1)</script>",
)


@pytest.fixture(scope="module")
def shelf(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Articles with everything and with nothing, hostile words in each text, one that was hidden. Nobody writes to it."""
    path = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("shelf") / "phuongchi.db")
    database = engine.connect(f"sqlite:///{path}")
    for number, evil in enumerate(EVIL):
        files = (Attachment("https://x.gov.vn/a.pdf", evil),)
        put_article(database, make_reading(
            evil, paragraphs=(evil, f"Đoạn {number}"), captions=(evil,), authors=(evil, "Lê Hương"), credits=(evil,), category=evil,
            published="2023-12-26" if number % 2 else "", rights_notice=evil, attachments=files,
            images=(Image("https://x.gov.vn/a.jpg", evil, evil),), identity=f"evil:{number}",
        ), portal=make_portal(f"https://p{number % 3}.gov.vn/"))  # fmt: skip
    put_article(database, make_reading("Trống", published="", paragraphs=("Một.",), captions=(), authors=()))
    hidden = put_article(database, make_reading("Ẩn"))
    with database.write() as conn:
        set_visible(conn, hidden, False, "theo yêu cầu", at=NOW, now=NOW)
    yield database
    database.close()


def export(shelf: Database, kind: str, out: Path, order: Order | None = None, **more: Any) -> dict[str, Any]:
    """Export; returns the manifest, which must be one by its schema."""
    exports.make(shelf, order or Order(), kind, out, MAKER, **more)
    manifest: dict[str, Any] = json.loads(out.with_name(f"{out.name}.manifest.json").read_text("utf-8"))
    jsonschema.validate(manifest, json.loads((DOCS / "manifest.schema.json").read_text("utf-8")))
    return manifest


def test_columns_when_compared_with_the_schema_then_the_same_fields_and_types() -> None:
    rules = json.loads((DOCS / "article.schema.json").read_text("utf-8"))

    def kind(rule: dict[str, Any]) -> Kind:
        if "anyOf" in rule:
            return kind(next(one for one in rule["anyOf"] if one.get("type") != "null"))
        if "$ref" in rule:
            return "instant"
        kinds = rule.get("type", "string")
        (name,) = {kinds} if isinstance(kinds, str) else set(kinds) - {"null"}
        if name == "array":
            return [kind(rule["items"])]
        if name == "object":
            return {field: kind(inner) for field, inner in rule["properties"].items()}
        return "integer" if name == "integer" else "text"

    assert {name: kind(rule) for name, rule in rules["properties"].items()} == COLUMNS


@given(st.text(st.sampled_from("='+-@\t\r\n＝＋－＠ aĐ1\""), max_size=6))
def test_safe_when_any_cell_then_no_formula_and_restored_to_the_letter(cell: str) -> None:
    assert safe(cell)[:1] not in tuple("=+-@\t\r\n＝＋－＠")
    assert restored(safe(cell)) == cell


def test_csv_when_read_by_others_then_every_cell_as_it_was(shelf: Database, tmp_path: Path) -> None:
    out = tmp_path / "tin.csv"
    export(shelf, "csv", out)
    data = out.read_bytes()
    assert not data.startswith("\ufeff".encode())
    assert data.count(b"\r\n") >= len(EVIL) + 3
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))
    by_id = {article["id"]: article for article in articles(shelf)}
    assert len(rows) == len(by_id) == len(EVIL) + 2
    for row in rows:
        article = by_id[row["id"]]
        assert all(cell[:1] not in tuple("=+-@\t\r\n＝＋－＠") for cell in row.values())
        assert restored(row["title"]) == article["title"]
        assert restored(row["text"]) == article["text"]
        assert json.loads(row["authors"] or "[]") == article["authors"]
        assert json.loads(row["attachments"] or "[]") == article["attachments"]
        assert restored(row["rights.notice"]) == (article["rights"]["notice"] or "")
        assert row["capture.id"] == str(article["capture"]["id"])
    frame = pandas.read_csv(out, keep_default_na=False, dtype=str)
    assert frame.to_dict("records") == rows
    other = polars.read_csv(out, infer_schema=False).fill_null("")
    assert other.to_dicts() == rows


def test_csv_when_for_excel_then_marked_as_utf8(shelf: Database, tmp_path: Path) -> None:
    manifest = export(shelf, "csv", tmp_path / "tin.csv", Order(fields=("title",)), bom=True)
    assert (tmp_path / "tin.csv").read_bytes().startswith(b"\xef\xbb\xbfid,title\r\n")
    assert manifest["csv"] == {"byte_order_mark": True, "formulas": "apostrophe-before"}


def test_parquet_when_read_by_others_then_typed_and_the_same(
    shelf: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_module, "ROWS", 5)
    out = tmp_path / "tin.parquet"
    manifest = export(shelf, "parquet", out)
    file = pyarrow.parquet.ParquetFile(out)
    assert file.num_row_groups == 3
    assert file.schema_arrow.metadata[b"phuongchi.cursor"].decode() == manifest["cursor"]
    assert file.schema_arrow.field("first_seen").type == pyarrow.timestamp("ms", tz="UTC")
    assert file.schema_arrow.field("paragraphs").type == pyarrow.list_(pyarrow.string())
    there = [_typed(article, COLUMNS) for article in articles(shelf)]
    assert file.read().to_pylist() == there
    assert polars.read_parquet(out).to_dicts() == there
    frame = pandas.read_parquet(out)
    assert list(frame["title"]) == [article["title"] for article in there]
    assert str(frame["last_seen"].dtype.tz) == "UTC"
    assert frame["capture"][0]["fetched_at"] == there[0]["capture"]["fetched_at"]


def _typed(value: Any, kind: Kind) -> Any:
    """A value of the schema as a typed table has it."""
    if value is None or kind in ("text", "integer"):
        return value
    if kind == "instant":
        return datetime.fromisoformat(value).astimezone(UTC)
    if isinstance(kind, dict):
        return {name: _typed(value[name], inner) for name, inner in kind.items()}
    return [_typed(one, kind[0]) for one in value]


def test_parquet_when_pyarrow_is_missing_then_the_cure_is_said(
    shelf: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for kind, name in (("parquet", "tin.parquet"), ("jsonl", "tin.jsonl.zst")):
        with pytest.raises(UsageError, match=r"pip install 'phuongchi\[parquet\]'"):
            exports.make(shelf, Order(), kind, tmp_path / name, MAKER)
    assert list(tmp_path.glob("*tin*")) == []


def test_texts_when_exported_then_a_tree_whose_digests_hold(shelf: Database, tmp_path: Path) -> None:
    out = tmp_path / "tin"
    manifest = export(shelf, "txt", out)
    listed = subprocess.run(["sha256sum", "--strict", "-c", SUMS], cwd=out, check=True, capture_output=True, text=True)
    files = sorted(out.rglob("*.txt"))
    assert len(listed.stdout.splitlines()) == len(files) == manifest["counts"]["articles"] == len(EVIL) + 2
    assert manifest["bytes"] == sum(path.stat().st_size for path in files)
    assert manifest["sha256"] == hashlib.sha256((out / SUMS).read_bytes()).hexdigest()
    assert {path.parent.name for path in files} == {"2023", "undated"}
    for article in articles(shelf):
        [path] = out.rglob(f"{article['id']}.txt")
        head, _, text = path.read_bytes().decode().partition("\n\n")
        assert text == (f"{article['text']}\n" if article["text"] else "")
        labels = dict(line.split(": ", 1) for line in head.split("\n") if not line.startswith("Tệp"))
        assert labels["Mã bài"] == article["id"]
        assert labels.get("Tiêu đề", "") == " ".join(article["title"].split())
        assert ("theo yêu cầu" in labels.get("Tình trạng", "")) is (article["visibility"] == "withheld")


def test_texts_when_exported_again_then_the_folder_is_another_and_other_folders_stay(
    shelf: Database, tmp_path: Path
) -> None:
    out = tmp_path / "tin"
    export(shelf, "txt", out)
    (out / "p0.gov.vn" / "of-a-reader").touch()
    export(shelf, "txt", out, Order(fields=()))
    assert not (out / "p0.gov.vn" / "of-a-reader").exists()
    assert sorted(path.name for path in tmp_path.iterdir() if "tin" in path.name) == [
        "tin",
        "tin.README.md",
        "tin.manifest.json",
    ]
    (out / MARK).unlink()
    with pytest.raises(UsageError, match="holds other files"):
        exports.make(shelf, Order(), "txt", out, MAKER)
    with pytest.raises(UsageError, match="texts go to a folder"):
        exports.make_stream(shelf, Order(), "txt", io.BytesIO(), MAKER)


@pytest.mark.parametrize("flag", [places._EXCHANGE, 1 << 30])
def test_texts_when_another_export_was_killed_then_what_it_left_is_gone_but_not_what_one_is_writing(
    shelf: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: int
) -> None:
    """Also on a system that cannot exchange two folders in one step."""
    monkeypatch.setattr(places, "_EXCHANGE", flag)
    out, dead, alive = tmp_path / "tin", tmp_path / ".tin.draft-dead", tmp_path / ".tin.draft-alive"
    export(shelf, "txt", out)
    for draft in (dead, alive):
        draft.mkdir()
        (draft / MARK).touch()
    with (alive / MARK).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        export(shelf, "txt", out, Order(EVERYTHING, personal=False))
    assert (dead.exists(), alive.exists()) == (False, True)
    assert len(list(out.rglob("*.txt"))) == len(EVIL) + 2
    assert sorted(path.name for path in tmp_path.glob(".tin*")) == [".tin.draft-alive"]


def test_texts_when_the_disk_is_full_then_the_older_ones_stay(shelf: Database, tmp_path: Path) -> None:
    out = tmp_path / "tin"
    export(shelf, "txt", out)
    before = sorted(out.rglob("*"))
    points.arm("export.written:1:full")
    with pytest.raises(StorageFull):
        exports.make(shelf, Order(), "txt", out, MAKER)
    points.disarm()
    assert sorted(out.rglob("*")) == before
    assert not [path for path in tmp_path.iterdir() if "draft" in path.name]


@pytest.mark.parametrize(("name", "command"), [("tin.jsonl.gz", gzip.decompress), ("tin.csv.zst", None)])
def test_export_when_its_name_says_packed_then_it_is(shelf: Database, tmp_path: Path, name: str, command: Any) -> None:
    out = tmp_path / name
    kind = name.split(".")[1]
    manifest = export(shelf, kind, out)
    data = command(out.read_bytes()) if command else pyarrow.input_stream(out, compression="zstd").read()
    plain = io.BytesIO()
    exports.make_stream(shelf, Order(), kind, plain, MAKER)
    assert data == plain.getvalue()
    assert manifest["packing"] == {"gz": "gzip", "zst": "zstd"}[name.rpartition(".")[2]]
    assert manifest["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    first = out.read_bytes()
    export(shelf, kind, out)
    assert out.read_bytes() == first, "the same articles give the same bytes"


def test_manifest_when_exported_then_what_it_was_and_what_it_held(shelf: Database, tmp_path: Path) -> None:
    from storage.reader import Filters

    manifest = export(
        shelf, "jsonl", tmp_path / "tin.jsonl", Order(Filters(portal="p1.gov.vn", hidden=True), personal=False)
    )
    assert manifest["query"] == {"portal": "p1.gov.vn"}
    assert manifest["personal_data"] == "masked"
    counts = manifest["counts"]
    assert (counts["articles"], counts["portals"], counts["undated"], counts["tombstones"]) == (4, 1, 2, 0)
    assert (counts["first_published"], counts["published_basis"]) == ("2023-12-26", {"printed": 2, "unknown": 2})
    assert manifest["cursor"].startswith(f"{manifest['archive']['id']}.{manifest['archive']['epoch']}.")
    assert (manifest["made_at"], manifest["program"]["version"]) == ("2026-11-02T15:30:00Z", "1.2.3")
    sheet = (tmp_path / "tin.jsonl.README.md").read_text("utf-8")
    for said in ("UBND phường (mailto:a@b.vn)", manifest["cursor"], "`portal` = `p1.gov.vn`", "2023-12-26", "[dữ liệu cá nhân]",
                 "Trích dẫn", "Citing"):  # fmt: skip
        assert said in sheet


def test_fields_when_some_are_asked_for_then_these_and_the_id(shelf: Database, tmp_path: Path) -> None:
    out = tmp_path / "tin.jsonl"
    manifest = export(shelf, "jsonl", out, Order(fields=("title", "rights")))
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert {tuple(line) for line in lines} == {("id", "title", "rights")}
    assert manifest["fields"] == ["title", "rights"]
    export(shelf, "parquet", tmp_path / "tin.parquet", Order(fields=("title", "rights")))
    assert polars.read_parquet(tmp_path / "tin.parquet").columns == ["id", "title", "rights"]
    for kind in ("jsonl", "csv", "parquet"):
        with pytest.raises(UsageError, match=r"no field 'titel'\. They have: schema, id, "):
            exports.make(shelf, Order(fields=("titel",)), kind, out, MAKER)


def test_personal_data_when_masked_then_in_no_field_of_any_format(sqlite_url: str, tmp_path: Path) -> None:
    number, evil = "038195001234", "liên hệ số CCCD 038195001234"
    database = engine.connect(sqlite_url)
    link = f"https://x.gov.vn/don_{number}.pdf"
    put_article(database, make_reading(
        evil, paragraphs=(evil,), captions=(evil,), authors=(evil,), credits=(evil,), category=evil, rights_notice=evil,
        attachments=(Attachment(link, evil),), images=(Image(link, evil, evil),),
    ), url=f"https://hungphuc.vinh.nghean.gov.vn/{number}/tin.html")  # fmt: skip
    order = Order(EVERYTHING, personal=False)
    for kind in ("jsonl", "csv", "txt"):
        export(database, kind, tmp_path / f"out-{kind}", order)
    export(database, "parquet", tmp_path / "out.parquet", order)
    database.close()
    written = [path.read_text("utf-8") for path in tmp_path.glob("out-*") if path.is_file()]
    written += [path.read_text("utf-8") for path in (tmp_path / "out-txt").rglob("*.txt")]
    written.append(repr(polars.read_parquet(tmp_path / "out.parquet").to_dicts()))
    assert len(written) == 10
    assert not [text for text in written if number in text]
