"""A portal that moves to another server, from the first night to the second: real commands, real HTTP."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from html import escape
from typing import Any

import pytest
from sqlalchemy import select

from phuongchi.demo.compare import compare
from phuongchi.demo.site import Gold, Reply, Site, World
from storage import engine, schema
from storage.upkeep import ledger
from tests.cli.conftest import Archive

pytestmark = pytest.mark.slow
NEXT_NIGHT, LATER = "2026-11-21T22:30:00+07:00", "2026-11-21T23:30:00+07:00"


@dataclass
class Relocated:
    """A sample portal on its new server, where every other article has another path."""

    site: Site
    name: str = field(init=False)
    platform: str = field(init=False)
    paths: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.name, self.platform = f"{self.site.name}-moved", self.site.platform
        addresses = sorted({gold.path for gold in self.site.gold(2)})
        self.paths = {path: f"/bai-da-chuyen/{number}.htm" for number, path in enumerate(addresses) if number % 2}

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        """The old site's answer, with the new paths in it."""
        if target in self.paths:
            return Reply(b"<h1>404</h1>", 404)
        before = {new: old for old, new in self.paths.items()}
        reply = self.site.reply(before.get(target, target), headers, night=night, hit=hit)
        body = reply.body
        for old, new in self.paths.items():
            for end in ('"', "<"):
                body = body.replace(f"{escape(old)}{end}".encode(), f"{new}{end}".encode())
        return replace(reply, body=body)

    def gold(self, night: int) -> Sequence[Gold]:
        """The articles under their new paths."""
        return [replace(gold, path=self.paths.get(gold.path, gold.path)) for gold in self.site.gold(night)]


def exported(archive: Archive) -> dict[str, dict[str, Any]]:
    """The archive's articles by id."""
    lines = [json.loads(line) for line in archive.quick("export", "jsonl").out.splitlines()]
    return {line["id"]: line for line in lines}


def events(archive: Archive) -> Counter[str]:
    """How many events of each kind there were."""
    db = engine.connect(f"sqlite:///{archive.folder}/phuongchi.db")
    with db.read() as connection:
        found = Counter(connection.execute(select(schema.event.c.kind)).scalars())
    db.close()
    return found


@pytest.mark.parametrize("name", [pytest.param("nukeviet", marks=pytest.mark.long), "thanhhoa"])
def test_move_when_the_new_server_has_other_paths_then_articles_are_kept_and_only_the_edit_is_a_revision(
    archive: Archive, serving: Callable[..., World], sites: dict[str, Site], name: str
) -> None:
    old, moved = sites[name], Relocated(sites[name])
    world = serving(old, moved)
    before, after = world.urls[old.name], world.urls[moved.name]
    archive.add(before)
    assert archive.run("crawl").code == 0
    first = exported(archive)
    world.down.add(old.name)
    world.night = 2
    done = archive.run("portals", "move", before, after, PHUONGCHI_NOW=NEXT_NIGHT)
    assert done.code == 0, done.err
    done = archive.run("crawl", PHUONGCHI_NOW=LATER)
    assert done.code == 0, done.err
    second = exported(archive)
    fresh = len(second) - len(first)
    assert fresh == len(moved.gold(2)) - len(old.gold(1))
    edited = sum(gold.night == 2 and gold.path in {early.path for early in old.gold(1)} for gold in old.gold(2))
    happened = events(archive)
    assert [happened[kind] for kind in ("created", "moved", "revised")] == [len(second), len(first), edited]
    assert all(second[name]["url"].startswith(after) for name in second)
    assert all(first[name]["url"] in second[name]["urls"] for name in first)
    found = compare(list(second.values()), moved.gold(2), after)
    assert (found.missing, found.extra) == ((), ())
    [line] = [line for line in ledger.read(archive.folder) if line.what == "move"]
    assert timedelta() <= line.at - datetime.fromisoformat(NEXT_NIGHT) < timedelta(hours=1)
    assert (line.facts["url"], line.facts["to"]) == (before, after)
    done = archive.run("reindex", "--yes", PHUONGCHI_NOW=LATER)
    assert done.code == 0, done.err
    assert (events(archive), exported(archive)) == (happened, second)
