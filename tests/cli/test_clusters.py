"""One story on several portals, end to end: crawled, read, found, shown and exported."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest

from phuongchi.demo.site import Gold, Reply, World
from tests.cli.conftest import Archive
from tests.ingest.test_clusters import story

pytestmark = pytest.mark.slow


@dataclass
class Ward:
    """A portal of six articles; the last one stands on other portals too, here published on another day."""

    name: str
    day: int
    platform: str = ""

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        """A list at `/`, an article at `/tin/bai-viet-N.html`."""
        if target == "/":
            lines = "".join(f'<li><a href="/tin/bai-viet-{n}.html">{self._title(n)}</a></li>' for n in range(1, 7))
            return Reply(f"<html><head><title>Phường</title></head><body><ul>{lines}</ul></body></html>".encode())
        number = target.removeprefix("/tin/bai-viet-").removesuffix(".html")
        if not number.isdigit():
            return Reply(b"not here", 404)
        n = int(number)
        text = story(500) if n == 6 else story(100 * self.day + n)
        body = "".join(f"<p>{paragraph}</p>" for paragraph in text)
        day = self.day if n == 6 else n
        return Reply(
            f"<html><head><title>{self._title(n)}</title></head><body><h1>{self._title(n)}</h1>"
            f'<p>Ngày đăng: {day:02}/10/2026</p><div class="noi-dung">{body}</div></body></html>'.encode()
        )

    def gold(self, night: int) -> Sequence[Gold]:
        """Nothing is compared."""
        return ()

    def _title(self, n: int) -> str:
        topics = (
            "thu gom rác",
            "khám sức khỏe",
            "hội thao",
            "tiếp công dân",
            "khuyến học",
            "bàn giao nhà đại đoàn kết",
        )
        return f"Phường ta tổ chức {topics[n - 1]} cho nhân dân"


def test_crawl_when_two_portals_have_a_story_then_show_names_the_earliest_publisher(
    archive: Archive, serving: Callable[..., World]
) -> None:
    world = serving(Ward("mot", 8), Ward("hai", 5))
    archive.add(*world.urls.values())
    crawled = archive.run("crawl")
    assert crawled.code == 0, crawled.err
    exported = [json.loads(line) for line in archive.quick("export", "jsonl", "-o", "-").out.splitlines()]
    shared = [one for one in exported if one["cluster"]]
    assert {one["url"].rpartition("/")[2] for one in shared} == {"bai-viet-6.html"}
    later, earliest = sorted(shared, key=lambda one: one["published_at"], reverse=True)
    assert (earliest["published_at"], later["published_at"]) == ("2026-10-05", "2026-10-08")
    assert {one["cluster"] for one in shared} == {earliest["id"]}
    assert {one["cluster_size"] for one in shared} == {2}
    shown = archive.quick("show", later["id"]).out
    way = shown[shown.index("Cùng một bài") :].splitlines()[1:3]
    assert "2026-10-05" in way[0] and earliest["url"] in way[0] and "đăng sớm nhất" in way[0]
    assert later["url"] in way[1] and "giống 100 %" in way[1] and way[1].endswith("*")
    assert archive.quick("ingest").code == 0
