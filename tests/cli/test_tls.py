"""A portal whose certificate is excused: each of its captures says what was wrong with it, for good."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Archive
from tests.fetch.faulty.fault import http, page
from tests.fetch.faulty.server import Faulty, running
from tests.fetch.servers import untrusted

pytestmark = pytest.mark.slow


def test_show_when_the_certificate_was_excused_then_it_says_what_was_wrong_also_after_reindex(archive: Archive) -> None:
    links = "<h1>Phường</h1><a href='/tin-tuc/hoi-nghi-tong-ket-1.html'>Hội nghị tổng kết công tác năm của phường</a>"
    pages = {"/": (http(links.encode(), kind="text/html; charset=utf-8"),),
             "/tin-tuc/hoi-nghi-tong-ket-1.html": (http(page(), kind="text/html; charset=utf-8"),)}  # fmt: skip
    with running(Faulty(pages, tls=untrusted(archive.folder))) as server:
        with (archive.folder / "portals.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[[portal]]\nurl = "{server.url}"\ntls = "accept-invalid"\n')
        assert archive.run("crawl").code == 0
    [line] = archive.quick("export", "jsonl").out.splitlines()
    article = json.loads(line)
    assert article["capture"]["tls"]["wrong"] == ["self-signed"]
    sha256 = article["capture"]["tls"]["sha256"]
    said = archive.quick("show", article["id"], "--evidence").out
    assert "chứng chỉ tự ký | its certificate is signed by itself" in said
    assert f"sha256:{sha256}" in said
    assert archive.run("reindex", "--yes").code == 0
    [again] = archive.quick("export", "jsonl").out.splitlines()
    assert json.loads(again)["capture"]["tls"] == {"wrong": ["self-signed"], "sha256": sha256}
