"""Portals that scripts draw, from the crawl to the export: read by their data, or drawn by a browser where one is wished for."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from phuongchi.demo.site import World
from tests.cli.conftest import Archive
from tests.fetch.spa import Spa, needs_chromium, title_of

Serving = Callable[..., World]
pytestmark = pytest.mark.slow
_LATER, _MUCH_LATER = "2026-11-23T22:30:00+07:00", "2026-11-29T22:30:00+07:00"


def configure(archive: Archive, *lines: str) -> None:
    with (archive.folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def exported(archive: Archive) -> list[dict[str, object]]:
    return [json.loads(line) for line in archive.quick("export", "jsonl").out.splitlines()]


@pytest.mark.parametrize(
    "site",
    [
        pytest.param(Spa(), marks=pytest.mark.long),
        pytest.param(Spa(bundle=False), marks=pytest.mark.long),
        Spa(linked=True),
    ],
    ids=["bundle", "inline", "linked"],
)
def test_crawl_when_a_shell_names_its_data_then_articles_are_read_without_a_browser(
    archive: Archive, serving: Serving, site: Spa
) -> None:
    [url] = serving(site).urls.values()
    archive.add(url)
    done = archive.run("crawl")
    assert done.code == 0, done.err
    found = {line["url"]: line for line in exported(archive)}
    assert set(found) == {f"{url}bai-viet/{number}" for number in range(1, 6)}
    line = found[f"{url}bai-viet/3"]
    assert line["title"] == title_of(3)
    assert len(line["paragraphs"]) == 4  # type: ignore[arg-type]
    assert (line["published_at"], line["published_basis"]) == ("2026-10-03T08:00:00+07:00", "embedded")
    assert line["published_evidence"] == '"ngayDang": "2026-10-03T08:00:00+07:00"'
    before = archive.quick("export", "jsonl").out
    assert archive.run("reindex", "--yes").code == 0
    assert archive.quick("export", "jsonl").out == before


def test_crawl_when_data_comes_in_parts_then_all_of_them_are_asked(archive: Archive, serving: Serving) -> None:
    world = serving(Spa(parts=True, count=11))
    [url] = world.urls.values()
    archive.add(url)
    done = archive.run("crawl")
    assert done.code in (0, 4), done.err
    assert len({line["url"] for line in exported(archive)}) == 11
    asked = [target for _, target, _ in world.requests]
    assert [asked.count(f"/api/bai-viet?page={number}") for number in (1, 2, 3, 4)] == [1, 1, 1, 0]


@needs_chromium
def test_crawl_when_pages_are_drawn_then_they_are_read_and_reindex_reads_them_again(
    archive: Archive, serving: Serving
) -> None:
    [url] = serving(Spa(hidden=True)).urls.values()
    archive.add(url)
    configure(archive, 'fetch.browser = "auto"')
    done = archive.run("crawl")
    assert done.code == 0, done.err
    found = {line["url"]: line for line in exported(archive)}
    assert set(found) == {f"{url}bai-viet/{number}" for number in range(1, 6)}
    assert found[f"{url}bai-viet/3"]["title"] == title_of(3)
    assert (found[f"{url}bai-viet/3"]["published_at"], found[f"{url}bai-viet/3"]["published_basis"]) == (
        "2026-10-03",
        "printed",
    )
    assert "needs-browser" in archive.quick("status").out
    [portal] = json.loads(archive.quick("status", "--json").out)["portals"]
    assert portal["last_visit"]["counts"]["rendered"] == 6
    before = archive.quick("export", "jsonl").out
    again = archive.run("crawl", PHUONGCHI_NOW=_LATER)
    assert again.code == 0, again.err
    assert {"new", "revised"}.isdisjoint(again.summary["verdicts"])
    settings = archive.folder / "phuongchi.toml"
    settings.write_text(settings.read_text().replace('fetch.browser = "auto"', 'fetch.browser = "off"'))
    without = archive.run("crawl", "--full", PHUONGCHI_NOW=_MUCH_LATER)
    assert without.code == 4, without.err
    assert set(without.summary["verdicts"]) <= {"not-article"}  # an empty shell says nothing of an article
    assert archive.run("reindex", "--yes").code == 0
    after = {line["url"]: line for line in exported(archive)}
    assert {url: line["text_sha256"] for url, line in after.items()} == {
        line["url"]: line["text_sha256"] for line in map(json.loads, before.splitlines())
    }
    assert archive.quick("verify", "--all").code == 0


@pytest.mark.long
@needs_chromium
def test_crawl_when_data_and_drawn_pages_tell_the_same_then_each_article_is_kept_once(
    archive: Archive, serving: Serving
) -> None:
    [url] = serving(Spa(linked=True)).urls.values()
    archive.add(url)
    configure(archive, 'fetch.browser = "auto"')
    done = archive.run("crawl")
    assert done.code == 0, done.err
    assert sorted(str(line["url"]) for line in exported(archive)) == [
        f"{url}bai-viet/{number}" for number in range(1, 6)
    ]


def test_crawl_when_a_portal_needs_a_browser_and_none_is_wished_for_then_status_says_so(
    archive: Archive, serving: Serving
) -> None:
    [url] = serving(Spa(hidden=True)).urls.values()
    archive.add(url)
    assert archive.run("crawl").code == 4
    assert "needs-browser" in archive.quick("status").out
    [portal] = json.loads(archive.quick("status", "--json").out)["portals"]
    assert portal["last_visit"]["cause"] == "needs-browser"
    checked = archive.run("portals", "check", url)
    assert checked.code != 0
    assert "needs-browser" in checked.out + checked.err
    assert "phuongchi[browser]" in checked.out + checked.err


def test_crawl_when_a_browser_is_wished_for_and_not_there_then_exit_2_and_one_line_says_the_cure(
    archive: Archive,
) -> None:
    archive.add("http://127.0.0.1:9/")
    configure(archive, 'fetch.browser = "auto"', 'fetch.chromium = "/khong/co/chromium"')
    done = archive.run("crawl")
    assert done.code == 2
    assert len(done.err.strip().splitlines()) == 1
    assert "pip install 'phuongchi[browser]' and apt install chromium" in done.err
