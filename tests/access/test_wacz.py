"""WACZ files: what is in them, and that others read the same."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from access.exports import Maker, Order
from access.exports.wacz import export_wacz, surt
from storage import schema, warc
from storage.engine import Database
from storage.errors import FixityError, UsageError
from storage.reader import Filters
from storage.records import Attachment, RecordRef
from storage.redaction import MARK
from tests.builders import key_of, make_portal, make_reading, put_article
from tests.storage.warcs import NOW, check, exchange, open_writer
from tests.upkeep.archives import PORTAL, damage, fill

DOCS = Path(__file__).parents[2] / "docs"
TITLE = "Phường bàn giao nhà cho bà Lê Thị Hạnh"
PATHS = (
    "", "Tin-Tuc/Bai_1.html", "tin%20m%E1%BB%9Bi/", "tìm?q=H%C3%B2a&a=1&A=0", "a?redirect=http%3A%2F%2Fx.vn%2F%3Fb%3D1%26c", "b/?",
    "x;jsessionid=1?B=2&a=", "100%25",
)  # fmt: skip


def exported(database: Database, folder: Path, portal: str = "") -> dict[str, bytes]:
    """The parts of a file, which are stored as they are and whose digests hold."""
    out = folder / "out.wacz"
    export_wacz(database, folder, out, Order(Filters(portal=portal, hidden=True)), Maker("test", NOW))
    with zipfile.ZipFile(out) as package:
        assert {one.compress_type for one in package.infolist()} == {zipfile.ZIP_STORED}
        parts = {name: package.read(name) for name in package.namelist()}
    described = json.loads(parts["datapackage.json"])
    for resource in described["resources"]:
        content = parts[resource["path"]]
        assert (resource["hash"], resource["bytes"]) == (f"sha256:{hashlib.sha256(content).hexdigest()}", len(content))
    assert {one["path"] for one in described["resources"]} == set(parts) - {
        "datapackage.json",
        "datapackage-digest.json",
    }
    assert json.loads(parts["datapackage-digest.json"])["hash"].endswith(
        hashlib.sha256(parts["datapackage.json"]).hexdigest()
    )
    return parts


def lines(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    found = [line.split(" ", 2) for line in text.splitlines()]
    return [(key, at, json.loads(rest)) for key, at, rest in found]


def unpacked(parts: dict[str, bytes], folder: Path) -> list[Path]:
    """The WARC files of a package on the disk."""
    (folder / "warc").mkdir(parents=True)
    paths = []
    for name, content in parts.items():
        if name.startswith("archive/"):
            paths.append(folder / "warc" / name.removeprefix("archive/"))
            paths[-1].write_bytes(content)
    return paths


def validated(path: Path) -> subprocess.CompletedProcess[str]:
    """What py-wacz says of a file."""
    code = "import sys; from wacz.main import main; sys.exit(main())"
    command = [sys.executable, "-W", "ignore", "-c", code, "validate", "-f", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def indexed_by_others(paths: list[Path]) -> list[tuple[str, str, dict[str, Any]]]:
    """What pywb's indexer finds in WARC files."""
    code = "from cdxj_indexer.main import main; main()"
    command = [sys.executable, "-W", "ignore", "-c", code, "-s", *map(str, paths)]
    return lines(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.slow
def test_wacz_when_whole_then_files_as_they_are_and_an_index_as_others_make_it(
    database: Database, tmp_path: Path
) -> None:
    first = fill(database, tmp_path, paths=PATHS)[0].record.file
    fill(database, tmp_path, run=2)
    put_article(database, make_reading("Bài đầu"), portal=PORTAL, url=f"{PORTAL.url}tin/1")
    parts = exported(database, tmp_path)
    assert parts[f"archive/{first}"] == (tmp_path / "warc" / first).read_bytes()
    ours = lines(gzip.decompress(parts["indexes/index.cdx.gz"]).decode())
    theirs = indexed_by_others(unpacked(parts, tmp_path / "there"))
    assert ours == sorted(ours, key=lambda line: line[:2])
    assert sorted(map(repr, ours)) == sorted(map(repr, theirs))
    head, page = map(json.loads, parts["pages/pages.jsonl"].decode().splitlines())
    assert head["format"] == "json-pages-1.0"
    assert (page["url"], page["title"]) == (f"{PORTAL.url}tin/1", "Bài đầu")
    meta, block = parts["indexes/index.idx"].decode().splitlines()
    assert (meta[:7], block.split(" ")[:2]) == ("!meta 0", list(ours[0][:2]))


@pytest.mark.slow
@pytest.mark.parametrize("portal", ["", PORTAL.id])
def test_wacz_when_looked_over_by_its_validator_then_valid(database: Database, tmp_path: Path, portal: str) -> None:
    fill(database, tmp_path, paths=PATHS)
    put_article(database, make_reading("Bài đầu"), portal=PORTAL, url=f"{PORTAL.url}tin/1")
    exported(database, tmp_path, portal)
    assert validated(tmp_path / "out.wacz").returncode == 0
    content = bytearray((tmp_path / "out.wacz").read_bytes())
    content[content.index(b"json-pages-1.0")] ^= 1
    (tmp_path / "out.wacz").write_bytes(bytes(content))
    assert validated(tmp_path / "out.wacz").returncode != 0, "it looks at what is in the file"


@pytest.mark.slow
def test_wacz_when_of_one_portal_then_its_records_alone_where_the_index_says(
    database: Database, tmp_path: Path
) -> None:
    other = make_portal("https://xakhac.gov.vn/")
    ours = fill(database, tmp_path)
    writer = open_writer(tmp_path)
    for number, portal in ((50, other), (51, PORTAL), (52, other)):
        body = b"%d" % number * 900
        writer.write(exchange(f"{portal.url}{number}", body=body), entry=number, metadata={"portal": portal.id})
    _finished(database, writer)
    parts = exported(database, tmp_path, other.id)
    [path] = unpacked(parts, tmp_path / "there")
    assert check(path).returncode == 0
    index = lines(gzip.decompress(parts["indexes/index.cdx.gz"]).decode())
    assert [line[2]["url"] for line in index] == [f"{other.url}50", f"{other.url}52"]
    for number, (_, _, line) in zip((50, 52), index, strict=True):
        ref = RecordRef("keep", line["filename"], int(line["offset"]), int(line["length"]))
        assert warc.read_payload(tmp_path / "there", ref).body == b"%d" % number * 900
    assert sorted(map(repr, index)) == sorted(map(repr, indexed_by_others([path])))
    assert ours[0].record.file not in "".join(parts)


@pytest.mark.slow
@pytest.mark.parametrize("portal", ["", PORTAL.id])
def test_wacz_when_an_article_is_withheld_then_its_pages_and_files_stay_out(
    database: Database, tmp_path: Path, portal: str
) -> None:
    writer, offered = open_writer(tmp_path), {"a": ("own.pdf", "both.pdf"), "b": ("both.pdf",)}
    for number, path in enumerate(("a", "b", "own.pdf", "both.pdf", "list", "a"), 50):
        body = (
            b"%d said there" % number * 90
            if path != "list"
            else f"<a href='/a'>{TITLE}</a> <a href='/b'>b</a>".encode() * 20
        )
        note = {"portal": PORTAL.id, "key": key_of(f"{PORTAL.url}{path}")}
        writer.write(exchange(f"{PORTAL.url}{path}", body=body), entry=number, metadata=note)
    _finished(database, writer)
    for name, files in offered.items():
        links = tuple(Attachment(f"{PORTAL.url}{file}", file) for file in files)
        said = TITLE if name == "a" else "Thu gom rác tại các tổ dân phố"
        reading = make_reading(said, attachments=links, identity=name)
        put_article(database, reading, portal=PORTAL, url=f"{PORTAL.url}{name}")
    kept = (tmp_path / "warc" / writer.name).read_bytes()
    assert len(lines(gzip.decompress(exported(database, tmp_path, portal)["indexes/index.cdx.gz"]).decode())) == 6
    with database.write() as connection:
        hide = schema.article.update().where(schema.article.c.url == f"{PORTAL.url}a")
        connection.execute(hide.values(visibility="withheld"))
    parts = exported(database, tmp_path, portal)
    [path] = unpacked(parts, tmp_path / "there")
    assert check(path).returncode == 0
    index = lines(gzip.decompress(parts["indexes/index.cdx.gz"]).decode())
    assert [line[2]["url"].removeprefix(PORTAL.url) for line in index] == ["b", "both.pdf", "list"]
    assert sorted(map(repr, index)) == sorted(map(repr, indexed_by_others([path])))
    text = gzip.decompress(path.read_bytes())
    assert b"51 said there" in text
    assert (TITLE.encode() in gzip.decompress(kept), TITLE.encode() in text, MARK.encode() in text) == (
        True,
        False,
        True,
    )
    assert (tmp_path / "warc" / writer.name).read_bytes() == kept
    assert not [number for number in (50, 52, 55) if b"%d said there" % number in text]


def test_wacz_when_filtered_then_the_pages_and_files_of_those_articles_and_none_that_ask_not_to_be_shown(
    database: Database, tmp_path: Path
) -> None:
    writer = open_writer(tmp_path)
    for number, path in enumerate(("a", "a.pdf", "b", "c", "list"), 50):
        note = {"portal": PORTAL.id, "key": key_of(f"{PORTAL.url}{path}")}
        writer.write(exchange(f"{PORTAL.url}{path}", body=b"%d" % number * 90), entry=number, metadata=note)
    _finished(database, writer)
    for name in "abc":
        links = (Attachment(f"{PORTAL.url}{name}.pdf", name),)
        reading = make_reading(f"Tin {name}", attachments=links, published="2020" if name == "b" else "2024")
        put_article(database, reading, portal=PORTAL, url=f"{PORTAL.url}{name}")
    with database.write() as connection:
        ask = schema.article.update().where(schema.article.c.url == f"{PORTAL.url}c")
        connection.execute(ask.values(visibility="restricted"))
    for restricted, paths in ((False, ["a", "a.pdf"]), (True, ["a", "a.pdf", "c"])):
        out = tmp_path / "out.wacz"
        export_wacz(
            database,
            tmp_path,
            out,
            Order(Filters(since="2024", hidden=True), restricted=restricted),
            Maker("test", NOW),
        )
        with zipfile.ZipFile(out) as package:
            index = lines(gzip.decompress(package.read("indexes/index.cdx.gz")).decode())
            pages = package.read("pages/pages.jsonl").decode().splitlines()[1:]
        assert [line[2]["url"].removeprefix(PORTAL.url) for line in index] == paths
        assert sorted(json.loads(page)["title"] for page in pages) == ["Tin a", "Tin c"][: 1 + restricted]
        manifest = json.loads((tmp_path / "out.wacz.manifest.json").read_text("utf-8"))
        jsonschema.validate(manifest, json.loads((DOCS / "manifest.schema.json").read_text("utf-8")))
        assert manifest["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
        assert (manifest["counts"]["captures"], manifest["query"]) == (len(paths), {"since": "2024"})


def test_wacz_when_a_record_is_damaged_then_fixity_error_and_no_file(database: Database, tmp_path: Path) -> None:
    record = fill(database, tmp_path)[1].record
    damage(tmp_path / "warc" / record.file, record.offset + 40)
    with pytest.raises(FixityError, match=f"{record.file}:{record.offset}"):
        exported(database, tmp_path)
    assert not [path for path in tmp_path.iterdir() if "wacz" in path.name]


def test_wacz_when_nothing_came_then_usage_error(database: Database, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing came from any portal"):
        exported(database, tmp_path)


def test_surt_when_an_address_has_parts_then_as_indexes_sort_it() -> None:
    assert surt("https://www2.Phuong7.gov.vn:8443/Tin/?b=1&a=2") == "vn,gov,phuong7:8443)/tin?a=2&b=1"
    assert surt("http://a.vn") == surt("http://www.a.vn:80/") == "vn,a)/"


def _finished(database: Database, writer: warc.WarcWriter) -> None:
    size, sha256 = writer.close()
    values = {"state": "closed", "bytes": size, "sha256": sha256, "opened_at": NOW, "closed_at": NOW, "series": "keep"}
    with database.write() as connection:
        connection.execute(schema.warc_file.insert().values(name=writer.name, **values))
