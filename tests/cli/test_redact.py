"""What is redacted is found nowhere: not after three nights on which the portal still tells it, not in a database made anew,
not in an older backup brought back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from phuongchi.config import load
from phuongchi.demo.site import Site, World
from storage.redaction import making, veil
from storage.upkeep import ledger
from tests.cli.conftest import NOW, Archive, Done, phuongchi
from tests.cli.test_upkeep import either  # noqa: F401
from tests.conftest import new_database
from tests.redaction.world import CARD, NAME, SECRETS, Telling, places, told
from tests.storage.warcs import exchange, open_writer
from tests.upkeep.archives import search_path

Serving = Callable[..., World]
WHEN = datetime(2026, 11, 21, 1, tzinfo=UTC)
pytestmark = pytest.mark.slow


def redact(archive: Archive, *arguments: object, given: str = SECRETS, **environ: str) -> Done:
    """Run `redact`, with what it asks for on its standard input."""
    reason = ("--reason", "Yêu cầu của công dân")
    return phuongchi(
        "-C", archive.folder, "redact", *arguments, *reason, given=given,
        **{"PHUONGCHI_NOW": "2026-11-21T08:00:00+07:00", "PATH": search_path(), **environ},
    )  # fmt: skip


def night(archive: Archive, world: World, number: int) -> None:
    """One night's crawl."""
    world.night = number
    done = archive.run("crawl", PHUONGCHI_NOW=f"2026-11-{19 + number}T22:30:00+07:00")
    assert done.code == 0, done.err


def articles(archive: Archive) -> dict[str, dict[str, object]]:
    """The export, by id."""
    return {line["id"]: line for line in map(json.loads, archive.quick("export", "jsonl").out.splitlines())}


def events(archive: Archive) -> list[tuple[str, str]]:
    """Kind and article of each event."""
    lines = map(json.loads, archive.quick("changes").out.splitlines())
    return [(line["kind"], line["article"]) for line in lines]


def is_well(archive: Archive) -> None:
    """The WARC files are what tools for them expect, and what the archive says they are."""
    files = sorted((archive.folder / "warc").glob("*.warc.gz"))
    checked = subprocess.run(
        [Path(sys.executable).parent / "warcio", "check", *files], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
    well = archive.quick("verify", "--all")
    assert (well.code, well.out) == (0, "")


@pytest.mark.parametrize("either", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True)
def test_string_when_redacted_then_found_nowhere_after_nights_reindex_and_an_old_backup(
    either: Archive,  # noqa: F811
    serving: Serving, sites: dict[str, Site], tmp_path: Path, request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    site, path, to = Telling(sites["vinh"]), {"PATH": search_path()}, tmp_path / "sao-luu"
    world = serving(site)
    either.add(*world.urls.values())
    night(either, world, 1)
    assert either.run("backup", "--to", to, **path).code == 0
    assert either.quick("export", "jsonl", "-o", either.folder / "bai.jsonl").code == 0
    assert either.quick("export", "wacz", "-o", either.folder / "kho.wacz").code == 0
    before, sizes = articles(either), {p.name: p.stat().st_size for p in (either.folder / "warc").glob("*.gz")}
    assert len({spelling for _, found in places(either.folder) for spelling in found}) == 4
    looked = redact(either, "--string-from-stdin", "--dry-run")
    assert (looked.code, "would redact" in looked.err) == (0, True), looked.err
    assert articles(either) == before
    done = redact(either, "--string-from-stdin", "--yes")
    assert done.code == 0, done.err
    assert str(to) in done.out
    assert told((done.out + done.err).encode()) == []
    assert places(either.folder) == []
    assert {p.name: p.stat().st_size for p in (either.folder / "warc").glob("*.gz")} == sizes
    is_well(either)
    masked = articles(either)
    assert set(masked) == set(before)
    changed = {name for name in before if masked[name]["text"] != before[name]["text"]}
    [tells] = [name for name in changed if before[name]["url"].endswith(site.article.path.rpartition("/")[2])]  # type: ignore[attr-defined]
    assert "Liên hệ ông [đã che], số [đã che], căn cước [đã che]." in str(masked[tells]["text"])
    assert either.quick("search", f'"{CARD}"').out == ""
    told_before = events(either)
    assert {("redacted", name) for name in changed} <= set(told_before)
    for number in (2, 3, 4):
        night(either, world, number)
    assert places(either.folder) == []
    is_well(either)
    new = events(either)[len(told_before) :]
    assert not [(kind, name) for kind, name in new if name in changed], new
    kept = articles(either)
    assert either.run("reindex", "--yes").code == 0
    assert articles(either) == kept  # the bytes of files are gone, what else they say is not
    assert places(either.folder) == []
    with ExitStack() as stack:
        there, database = Archive(tmp_path / "khoi-phuc"), []
        if load(either.folder).database.startswith("postgres"):
            url = stack.enter_context(new_database(request.getfixturevalue("postgres")))
            database = ["--database", url.set(drivername="postgresql").render_as_string(hide_password=False)]
        back = phuongchi("restore", there.folder, "--from", to, *database, PHUONGCHI_NOW=NOW, **path)
        assert back.code == 0, back.err
        assert places(there.folder) == []
        is_well(there)
        assert {name: line["text"] for name, line in articles(there).items()} == {
            name: line["text"] for name, line in masked.items()
        }


@pytest.mark.long
@pytest.mark.parametrize("either", ["sqlite", "postgresql"], indirect=True)
def test_article_when_redacted_then_a_tombstone_stays_and_its_words_are_nowhere(
    either: Archive,  # noqa: F811
    serving: Serving, sites: dict[str, Site],
) -> None:  # fmt: skip
    site = Telling(sites["vinh"])
    world = serving(site)
    either.add(*world.urls.values())
    night(either, world, 1)
    before = articles(either)
    [name] = [key for key, line in before.items() if NAME in str(line["title"])]
    gone = [str(before[name]["title"]), *(str(part) for part in before[name]["paragraphs"])]  # type: ignore[attr-defined]

    def traces() -> list[tuple[str, str]]:
        from tests.redaction.world import everything

        return [(place, part) for place, data in everything(either.folder) for part in gone if part.encode() in data]

    assert traces()
    assert redact(either, "--article", name, "--yes").code == 0
    assert traces() == []
    is_well(either)
    others = {key: line["text"] for key, line in before.items() if key != name}
    for number in (2, 3):
        line = articles(either)[name]
        assert (line["visibility"], line["title"], line["text"], line["url"]) == (
            "redacted",
            "",
            "",
            before[name]["url"],
        )
        tombstone = line["tombstone"]
        assert str(tombstone).startswith("{'reason': 'Yêu cầu của công dân', 'at': '2026-11-21T01:00:")
        night(either, world, number)
        assert traces() == []
    assert {key: line["text"] for key, line in articles(either).items() if key in others} == others
    assert either.run("reindex", "--yes").code == 0
    assert articles(either)[name]["tombstone"] == tombstone
    assert traces() == []
    assert [kind for kind, article in events(either) if article == name] == ["redacted"]


@pytest.mark.long
def test_crawl_when_a_redaction_was_killed_then_it_is_carried_out_and_what_others_bring_is_masked(
    archive: Archive, serving: Serving, sites: dict[str, Site], tmp_path: Path
) -> None:
    site = Telling(sites["vinh"])
    world = serving(site)
    archive.add(*world.urls.values())
    night(archive, world, 1)
    key = veil.make_key(archive.folder)
    for text in SECRETS.splitlines():
        rule = making.of_string(key, text, reason="Yêu cầu", who="Hương", at=WHEN)
        ledger.append(archive.folder, "redact", at=WHEN, **veil.as_line(rule))
    assert places(archive.folder)
    night(archive, world, 2)
    assert places(archive.folder) == []
    assert veil.pending(ledger.read(archive.folder)) == []
    writer = open_writer(tmp_path)
    page = site.reply(site.article.path, {}, night=1, hit=1).body
    writer.write(exchange(world.urls["vinh"] + "tin-cu.html", body=page), entry=1, metadata={})
    writer.close()
    [portal] = json.loads(archive.quick("portals", "list", "--json").out)
    done = archive.run("import", tmp_path / "warc", "--portal", portal["id"], PHUONGCHI_NOW="2026-11-21T23:30:00+07:00")
    assert done.code == 0, done.out + done.err
    assert places(archive.folder) == []
    is_well(archive)


def test_redact_when_killed_before_it_counts_as_done_then_earlier_backups_know_the_rule(
    archive: Archive, serving: Serving, sites: dict[str, Site], tmp_path: Path
) -> None:
    archive.add(*serving(Telling(sites["vinh"])).urls.values())
    for name in ("one", "two"):
        assert archive.run("backup", "--to", tmp_path / name).code == 0
    (tmp_path / "two" / "decisions.jsonl").mkdir()
    line = SECRETS.splitlines()[0]
    assert redact(archive, "--string-from-stdin", "--yes", given=line, PHUONGCHI_KILL="ledger.write:2").code == -9
    assert [rule.what for rule in ledger.read(tmp_path / "one", "decisions.jsonl")] == ["redact"]
    assert veil.pending(ledger.read(archive.folder)) != []
    done = redact(archive, "--again")
    assert (done.code, f"{tmp_path / 'two'} (không ghi được" in done.out) == (0, True), done.out + done.err
    assert veil.pending(ledger.read(archive.folder)) == []


def test_redact_when_the_reason_says_it_or_nothing_is_given_then_exit_2_and_nothing_is_written(
    archive: Archive,
) -> None:
    before = archive.digest()
    assert redact(archive, "--string-from-stdin", "--yes", given="").code == 2
    assert redact(archive, "--string-from-stdin", "--yes", given="An\n").code == 2
    assert redact(archive, "--string-from-stdin").code == 2  # nobody is there to be asked
    assert redact(archive, "--article", "a2", "--string-from-stdin", "--yes").code == 2
    assert redact(archive, "--article", "khong-co", "--yes").code == 2
    revealing = redact(archive, "--string-from-stdin", "--yes", given="cầu của công dân\n")
    assert (revealing.code, "reason says" in revealing.err) == (2, True)
    left = {name: data for name, data in archive.digest().items() if name != "redaction.key"}
    assert left == before


def test_article_when_withheld_then_hidden_with_its_reason_until_it_is_released(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    world = serving(sites["vinh"])
    archive.add(*world.urls.values())
    night(archive, world, 1)
    name, line = next(iter(articles(archive).items()))
    assert archive.quick("withhold", name).code == 2  # without a reason
    assert archive.quick("withhold", name, "--reason", "Chờ xác minh", "--who", "Hương").code == 0
    assert archive.quick("withhold", name, "--reason", "Chờ xác minh").code == 2
    hidden = articles(archive)[name]
    assert (hidden["visibility"], hidden["text"]) == ("withheld", "")
    assert "withheld 2026-11-20T15:30:" in archive.quick("show", name).out
    assert "Chờ xác minh" in archive.quick("show", name).out
    assert "None" not in archive.quick("show", name).out
    assert archive.quick("show", name, "--raw").code == 2
    assert archive.quick("release", name, "--reason", "Đã xác minh").code == 0
    assert {**articles(archive)[name], "tombstone": None} == line
    assert [kind for kind, article in events(archive) if article == name] == ["created", "withheld", "released"]
    lines = [json.loads(text) for text in (archive.folder / "ledger.jsonl").read_text("utf-8").splitlines()]
    assert [(one["what"], one["article"]) for one in lines[-2:]] == [("withhold", name), ("release", name)]
    masked = archive.quick("export", "jsonl", "--no-personal-data")
    assert masked.code == 0
