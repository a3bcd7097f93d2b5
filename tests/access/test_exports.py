from __future__ import annotations

import io
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from access import exports, queries
from access.exports import Maker, Order
from access.shape import SCHEMA
from storage import schema
from storage.engine import Database
from storage.errors import StorageFull, UsageError
from storage.reader import Filters
from storage.records import Attachment, DateCandidate, Dates, Image
from storage.text import sha256_text
from tests.builders import NOW, make_date, make_portal, make_reading, put_article

RULES: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs" / "article.schema.json").read_text("utf-8"))
TYPES = {"string": str, "integer": int, "array": list, "object": dict, "null": type(None)}


def _broken(value: Any, rule: dict[str, Any], where: str = "$") -> list[str]:
    """What is wrong with a value by the rules of a JSON Schema; knows just the words that ours uses."""
    if "$ref" in rule:
        return _broken(value, RULES["$defs"][rule["$ref"].rpartition("/")[2]], where)
    if "anyOf" in rule:
        return [] if any(not _broken(value, one, where) for one in rule["anyOf"]) else [f"{where}: none fits {value!r}"]
    known = {"type", "description", "title", "$schema", "$id", "$defs", "const", "enum", "pattern", "minimum", "minItems",
             "items", "properties", "required", "additionalProperties"}  # fmt: skip
    assert set(rule) <= known, f"the test does not know {set(rule) - known}"
    kinds = rule.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    wrong = []
    if kinds and not any(type(value) is TYPES[kind] for kind in kinds):
        return [f"{where}: {value!r} is no {kinds}"]
    if "const" in rule and value != rule["const"]:
        wrong.append(f"{where}: {value!r}")
    if "enum" in rule and value not in rule["enum"]:
        wrong.append(f"{where}: {value!r}")
    if isinstance(value, str) and "pattern" in rule and not re.search(rule["pattern"], value):
        wrong.append(f"{where}: {value!r}")
    if isinstance(value, int) and value < rule.get("minimum", value):
        wrong.append(f"{where}: {value!r}")
    if isinstance(value, list):
        assert len(value) >= rule.get("minItems", 0)
        wrong += [fault for n, item in enumerate(value) for fault in _broken(item, rule["items"], f"{where}[{n}]")]
    if isinstance(value, dict):
        names = set(rule["properties"])
        assert set(rule["required"]) == names, "every field is always there"
        wrong += [f"{where}: fields {set(value) ^ names}"] if set(value) != names else []
        wrong += [
            fault
            for name in names & set(value)
            for fault in _broken(value[name], rule["properties"][name], f"{where}.{name}")
        ]
    return wrong


MAKER = Maker("1.2.3", NOW, "UBND phường", "mailto:a@b.vn")
BESIDE = ["tin.jsonl", "tin.jsonl.README.md", "tin.jsonl.manifest.json"]


def _export(database: Database, out: Path, filters: Filters = exports.EVERYTHING) -> int:
    return exports.make(database, Order(filters), "jsonl", out, MAKER).articles


FULL = make_reading(
    category="Tin tức", credits=("Cao Nam",), rights_notice="Ghi rõ nguồn khi đăng lại",
    attachments=(Attachment("http://hungphuc.vinh.nghean.gov.vn/a.pdf", "Kế hoạch"),),
    images=(Image("http://hungphuc.vinh.nghean.gov.vn/a.jpg", "Toàn cảnh", ""),),
    dates=Dates(
        make_date("2023-12-26T07:30:00+07:00"), make_date("2023-12-27", source="page-update"), "2023-12-26",
        (DateCandidate("2026-11-02", "day", "meta", "embedded", "…", "clock"),),
    ),
)  # fmt: skip


def test_articles_when_full_or_bare_then_exactly_the_fields_of_the_schema(database: Database) -> None:
    put_article(database, FULL)
    put_article(database, make_reading("Trống", published="", paragraphs=("Một.",), captions=(), authors=()))
    put_article(database, make_reading("Ẩn"), portal=make_portal("https://x.gov.vn/", name="", province=""))
    with database.write() as connection:
        connection.execute(update(schema.article).where(schema.article.c.number == 3).values(visibility="redacted"))
    found = list(exports.articles(database))
    assert len(found) == 3
    for article in found:
        assert _broken(article, RULES) == []
        assert json.loads(json.dumps(article)) == article


def test_articles_when_exported_then_what_was_read(database: Database) -> None:
    name = put_article(database, FULL, url="https://hungphuc.vinh.nghean.gov.vn/tin/1.html")
    (article,) = exports.articles(database)
    assert article["schema"] == SCHEMA
    assert article["id"] == name
    assert article["urls"] == [article["url"]] == ["https://hungphuc.vinh.nghean.gov.vn/tin/1.html"]
    assert article["text"] == FULL.text == "\n\n".join(article["paragraphs"])
    assert article["text_sha256"] == sha256_text(article["text"])
    assert (article["ward"], article["province"], article["unit"]) == ("Phường Hưng Phúc", "Nghệ An", None)
    assert article["published_at"] == "2023-12-26T07:30:00+07:00"
    assert (article["updated_at"], article["event_date"]) == ("2023-12-27", "2023-12-26")
    assert article["first_seen"] == article["capture"]["fetched_at"] == "2026-11-02T15:30:00Z"
    assert article["rights"] == {"notice": "Ghi rõ nguồn khi đăng lại", "status": "notice-printed"}
    assert article["attachments"][0] == {
        "url": "http://hungphuc.vinh.nghean.gov.vn/a.pdf", "name": "Kế hoạch", "media_type": None, "size": None, "sha256": None,
        "pages": None, "flag": None, "text": None,
    }  # fmt: skip


def test_articles_when_redacted_then_tombstone_without_text(database: Database) -> None:
    put_article(database, FULL)
    with database.write() as connection:
        connection.execute(update(schema.article).values(visibility="redacted"))
    (article,) = exports.articles(database)
    assert article["visibility"] == "redacted"
    assert "Hưng Phúc tổ" not in json.dumps(article, ensure_ascii=False)
    assert list(exports.articles(database, Filters())) == []


def test_articles_when_read_in_slices_then_the_same(database: Database) -> None:
    for number in range(7):
        put_article(database, make_reading(f"Tin {number}", published=f"2024-01-{1 + number % 2:02}"))
    whole = list(exports.articles(database))
    assert len({article["id"] for article in whole}) == 7
    for size in (1, 3, 7):
        assert list(exports.articles(database, size=size)) == whole


def test_export_jsonl_when_written_then_lines_in_place_of_the_old_file(database: Database, tmp_path: Path) -> None:
    put_article(database, make_reading("Đường phố"))
    put_article(database, make_reading("Khác", published="2020"))
    out = tmp_path / "tin.jsonl"
    out.write_text("old")
    out.chmod(0o604)
    assert _export(database, out, Filters(words="duong pho")) == 1
    (line,) = out.read_text("utf-8").splitlines()
    assert json.loads(line)["title"] == "Đường phố"
    assert "Đường phố" in line
    assert out.stat().st_mode & 0o777 == 0o604
    assert sorted(item.name for item in tmp_path.glob("*tin.jsonl*")) == BESIDE


def test_export_jsonl_when_it_is_a_stream_then_written_there(database: Database) -> None:
    put_article(database, make_reading())
    out = io.BytesIO()
    assert exports.make_stream(database, Order(), "jsonl", out, MAKER).articles == 1
    assert out.getvalue().endswith(b"}\n")


def test_export_jsonl_when_it_fails_then_old_file_stays(database: Database, tmp_path: Path) -> None:
    out = tmp_path / "tin.jsonl"
    out.write_text("old")
    with pytest.raises(UsageError, match="no date"):
        _export(database, out, Filters(since="hôm qua"))
    assert out.read_text() == "old"
    assert [item.name for item in tmp_path.glob("*tin.jsonl*")] == ["tin.jsonl"]


def test_export_jsonl_when_folder_is_missing_then_usage_error(database: Database, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        _export(database, tmp_path / "none" / "tin.jsonl")
    with pytest.raises(UsageError, match="is a folder"):
        _export(database, tmp_path)


def test_export_jsonl_when_it_is_a_link_then_its_target_is_replaced(database: Database, tmp_path: Path) -> None:
    put_article(database, make_reading())
    (tmp_path / "deep").mkdir()
    target, link = tmp_path / "deep" / "tin.jsonl", tmp_path / "link.jsonl"
    target.write_text("old")
    before = target.stat().st_ino
    link.symlink_to(target)
    assert _export(database, link) == 1
    assert link.is_symlink()
    assert len(target.read_text("utf-8").splitlines()) == 1
    assert target.stat().st_ino != before  # replaced, not overwritten


def test_export_jsonl_when_it_is_a_link_to_nowhere_then_the_file_is_made_there(
    database: Database, tmp_path: Path
) -> None:
    put_article(database, make_reading())
    link = tmp_path / "link.jsonl"
    link.symlink_to("new.jsonl")
    assert _export(database, link) == 1
    assert (tmp_path / "new.jsonl").read_text("utf-8").endswith("}\n")
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(UsageError, match="leads back to itself"):
        _export(database, link)


def test_export_jsonl_when_it_is_a_pipe_then_its_reader_gets_all(database: Database, tmp_path: Path) -> None:
    put_article(database, make_reading())
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(pipe.read_text, "utf-8")
        assert _export(database, pipe) == 1
    assert json.loads(reader.result())["schema"] == SCHEMA
    assert pipe.is_fifo()


@pytest.mark.slow
def test_export_jsonl_when_it_is_a_device_then_written_into_it(database: Database) -> None:
    put_article(database, make_reading())
    assert _export(database, Path("/dev/null")) == 1
    assert Path("/dev/null").is_char_device()
    with pytest.raises(StorageFull, match=r"cannot write /dev/full: No space left on device\. Free space"):
        _export(database, Path("/dev/full"))


def test_newest_when_asked_then_whole_articles_of_the_portal(database: Database) -> None:
    for day in range(1, 4):
        put_article(database, make_reading(f"Tin {day}", published=f"2024-01-0{day}"))
    put_article(database, make_reading("Nơi khác", published="2025"), portal=make_portal("https://x.gov.vn/"))
    found = queries.newest(database, make_portal().id, 2)
    assert [article["title"] for article in found] == ["Tin 3", "Tin 2"]
