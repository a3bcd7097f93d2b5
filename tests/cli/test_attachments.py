"""Files of articles, end to end: crawled, read within the reader's limits, found, shown and exported."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy.engine import URL

from phuongchi.demo.site import Gold, Reply, World
from storage import engine
from tests.cli.conftest import Archive
from tests.conftest import CREATED_AT, new_database
from tests.documents import bomb_pdf, docx, pdf, scan

pytestmark = pytest.mark.slow
PLAN = "Kế hoạch diễn tập phòng cháy năm 2026\nTổ dân phố Thượng Nguồn tham gia đầy đủ"
FILES = {
    "bom.pdf": bomb_pdf(), "ke-hoach.pdf": pdf(PLAN), "quet.pdf": scan(2), "phu-luc.docx": docx("Danh sách trực ban đêm"),
}  # fmt: skip


@dataclass
class Notices:
    """A portal of a few notices; the first one offers files."""

    name: str = "thong-bao"
    platform: str = ""
    files: Mapping[str, bytes] = field(default_factory=lambda: FILES)

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        """A list at `/`, a notice at `/tin/N.html`, a file at `/f/NAME`."""
        if (name := target.rpartition("/")[2]) in self.files:
            kind = "application/pdf" if name.endswith("pdf") else "application/octet-stream"
            return Reply(self.files[name], headers=(("Content-Type", kind),))
        number = target.removeprefix("/tin/thong-bao-so-").removesuffix(".html")
        if target == "/":
            lines = "".join(
                f'<li><a href="/tin/thong-bao-so-{n}.html">Thông báo số {n} về diễn tập phòng cháy</a> {n:02}/10/2026</li>'
                for n in range(1, 7)
            )
            return Reply(f"<html><head><title>Phường</title></head><body><ul>{lines}</ul></body></html>".encode())
        if not number.isdigit():
            return Reply(b"not here", 404)
        links = "".join(f'<p><a href="/f/{name}">{name}</a></p>' for name in self.files) if number == "1" else ""
        text = f"<p>Ủy ban nhân dân phường thông báo lần {number} đến các hộ gia đình trên địa bàn được biết.</p>" * 3
        title = f"Thông báo số {number} về diễn tập phòng cháy"
        return Reply(
            f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>Ngày {int(number):02}/10/2026</p>"
            f'<div class="noi-dung">{text}{links}</div></body></html>'.encode()
        )

    def gold(self, night: int) -> Sequence[Gold]:
        """Nothing is compared."""
        return ()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, archive: Archive) -> Archive:
    """An archive on either database, whose readers are killed early."""
    more = "read.memory = 600\n"
    if request.param == "postgresql":
        server: URL = request.getfixturevalue("postgres")
        made = new_database(server)
        url = made.__enter__().set(drivername="postgresql").render_as_string(hide_password=False)
        request.addfinalizer(lambda: made.__exit__(None, None, None))
        engine.create(url, now=CREATED_AT)
        more += f'database = "{url}"\n'
    with (archive.folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
        file.write(more)
    return archive


@pytest.mark.long_on_postgresql
def test_crawl_when_an_article_offers_files_then_their_words_are_found(
    either: Archive, serving: Callable[..., World]
) -> None:
    world = serving(Notices())
    either.add(world.urls["thong-bao"])
    done = either.run("crawl")
    assert done.code == 0, done.err
    assert done.summary["verdicts"]["attachment"] == 3
    assert either.totals()["unread"] == 0
    [line] = either.run("search", "--json", "thuong nguon").out.splitlines()
    found = json.loads(line)
    assert [file["name"] for file in found["files"]] == ["ke-hoach.pdf"]
    assert "tệp | file: ke-hoach.pdf" in either.run("search", "thuong nguon").out
    article = json.loads(either.run("show", "--json", found["id"]).out)
    files = {file["name"]: file for file in article["attachments"]}
    assert {name: (file["flag"], file["text"]) for name, file in files.items()} == {
        "bom.pdf": ("parse-limit", ""), "ke-hoach.pdf": (None, PLAN), "quet.pdf": ("no-text-layer", ""),
        "phu-luc.docx": (None, "Danh sách trực ban đêm"),
    }  # fmt: skip
    shown = either.run("show", found["id"]).out
    for words in ("bản quét", "vượt giới hạn khi đọc", f"1 trang | pages, {len(PLAN)} ký tự"):
        assert words in shown, shown
    exported = [json.loads(line) for line in either.run("export", "jsonl").out.splitlines()]
    assert len(exported) == 6
    assert article in exported


def test_crawl_when_other_bytes_stand_under_a_files_address_then_one_revision_of_its_files(
    archive: Archive, serving: Callable[..., World]
) -> None:
    site = Notices(files={"ke-hoach.pdf": pdf(PLAN)})
    world = serving(site)
    archive.add(world.urls["thong-bao"])
    assert archive.run("crawl").code == 0
    site.files = {"ke-hoach.pdf": pdf("Kế hoạch diễn tập đã điều chỉnh thời gian")}
    assert archive.run("crawl", "--full").code == 0
    assert archive.run("crawl", "--full").code == 0
    [line] = archive.run("search", "--json", "dieu chinh thoi gian").out.splitlines()
    article = json.loads(archive.run("show", "--json", json.loads(line)["id"]).out)
    assert (article["revision"], article["revisions"]) == (2, 2)
    told = [json.loads(line)["kind"] for line in archive.run("changes").out.splitlines()]
    assert told.count("revised") == 1
