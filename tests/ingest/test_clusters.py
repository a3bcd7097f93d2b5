"""The same story on several portals, on real databases: who belongs to whom, in which order, and whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.engine import Connection, Engine

from access import queries
from crawler.ingest.clusters import Counts, follow
from storage import reader, schema
from storage.engine import Database, connect, next_numbers
from storage.errors import Held
from storage.leases import hold
from storage.reader import clusters as reading
from storage.records import Portal
from storage.writer import articles, following
from storage.writer import clusters as rows
from storage.writer.buckets import FULL, Buckets
from tests import builders
from tests.builders import NOW, load, make_capture, make_portal, make_reading, put_article, put_capture

WORDS = (
    "phường xã tổ dân phố hội nghị triển khai công tác tuyên truyền vận động nhân dân thực hiện nhiệm vụ kế hoạch phong trào "
    "thi đua xây dựng nếp sống văn minh đô thị bảo vệ môi trường an ninh trật tự giáo dục y tế văn hóa thể thao chính sách"
)
SYLLABLES = WORDS.split()


def place(name: str) -> Portal:
    """A portal by a short name."""
    return make_portal(f"https://{name}.gov.vn/", name=f"Phường {name.upper()}")


def story(seed: int, *, sentences: int = 12) -> tuple[str, ...]:
    """A text like no other, a sentence a paragraph, with figures and names in it."""
    rng = Random(seed)
    return tuple(
        f"Đồng chí {rng.choice(('Lê', 'Trần', 'Phạm'))} {rng.choice(('Văn', 'Thị'))} Số{seed} "
        f"{' '.join(rng.choices(SYLLABLES, k=22))} với {rng.randint(100, 999)} người."
        for _ in range(sentences)
    )


def put(
    database: Database, where: str, paragraphs: Sequence[str], *, day: str, title: str = "Tin phường", **more: object
) -> str:
    """Store an article as the reading half does, published on a day; returns its id."""
    reading_ = make_reading(title, paragraphs=tuple(paragraphs), published=day, identity=f"{where} {day} {title}")
    portal = place(where)
    return put_article(
        database, reading_, portal=portal, url=f"https://{portal.id}/{day}-{len(paragraphs)}.html", **more
    )


def revise(database: Database, article: str, paragraphs: Sequence[str]) -> None:
    """Another text for an article, as the reading half stores it."""
    with database.write() as conn:
        stored = load(conn, article)
        portal = conn.execute(select(schema.article.c.portal).where(schema.article.c.id == article)).scalar_one()
        (entry,) = next_numbers(conn, "entry")
        capture = make_capture(entry, portal=portal)
        put_capture(conn, capture)
        changed = replace(stored.reading, paragraphs=tuple(paragraphs))
        builders.revise(conn, stored, capture, changed, "text")
        articles.publish(conn, [("revised", article, NOW)])


def set_visible(database: Database, article: str, visibility: str) -> None:
    """Withhold an article, or release it."""
    with database.write() as conn:
        conn.execute(update(schema.article).where(schema.article.c.id == article).values(visibility=visibility))
        articles.publish(conn, [("released" if visibility == "public" else "withheld", article, NOW)])


def run(database: Database, folder: Path) -> Counts:
    """Follow the feed to its end."""
    return follow(database, folder, now=lambda: NOW)


def groups(database: Database) -> dict[str, set[str]]:
    """The clusters there are, by the id of the earliest article."""
    with database.read() as conn:
        found: dict[str, set[str]] = {}
        for cluster, article in conn.execute(select(schema.cluster.c.id, schema.cluster.c.article)):
            found.setdefault(cluster, set()).add(article)
        return found


def told(database: Database, after: int = 0) -> list[tuple[str, str]]:
    """What the feed says of clusters."""
    return [(one.kind, one.article) for one in reader.events(database, after=after) if "clustered" in one.kind]


def everything(database: Database) -> list[object]:
    """All that the follower has stored."""
    tables = (schema.sketch, schema.fingerprint, schema.cluster, schema.standing, schema.follower, schema.event)
    with database.read() as conn:
        return [conn.execute(select(table).order_by(*table.primary_key)).all() for table in tables]


# --- membership -----------------------------------------------------------------------------------------------------


def test_follow_when_a_story_is_republished_then_a_cluster_with_its_earliest_publisher(
    database: Database, tmp_path: Path
) -> None:
    text = story(1)
    first = put(database, "a", text, day="2026-10-01T08:00:00+07:00")
    cut = put(database, "b", text[:-1], day="2026-10-02", title="Tin hay")
    introduced = put(database, "c", ("Cổng thông tin phường giới thiệu bài của phường bạn.", *text), day="2026-10-03")
    other = put(database, "d", story(2), day="2026-10-01")
    counts = run(database, tmp_path)
    assert (counts.articles, counts.clustered, counts.unclustered) == (4, 3, 0)
    members = reading.members(database, cut)
    assert [member.article for member in members] == [first, cut, introduced]
    assert [member.place for member in members] == ["Phường A", "Phường B", "Phường C"]
    assert members[0].similarity == 1.0
    assert all(0.85 < member.similarity < 1.0 for member in members[1:])
    assert sorted(told(database)) == sorted(("clustered", article) for article in (first, cut, introduced))
    found = reader.state(database, cut)
    assert found is not None
    assert (found.cluster, found.cluster_size) == (first, 3)
    assert queries.article(database, other)["cluster"] is None
    assert queries.cluster(database, other) == []


def test_follow_when_notices_share_a_form_then_no_cluster(database: Database, tmp_path: Path) -> None:
    form = story(3)
    for number, where in enumerate(("a", "b", "c", "a")):
        day = 3 + 7 * number
        notice = (f"Thời gian tổ chức từ 7 giờ ngày {day}/10/2026 tại hội trường, dự kiến {40 + number} người.", *form)
        put(database, where, notice, day=f"2026-10-{day - 2:02}", title="Thông báo tiêm chủng")
    run(database, tmp_path)
    assert groups(database) == {}


def test_follow_when_only_standing_sentences_are_shared_then_no_cluster(database: Database, tmp_path: Path) -> None:
    """What a portal prints under each of its articles is no part of a story, though it is most of a short one's text."""
    standing = story(4, sentences=10)
    for number in range(4):
        for where in ("a", "b"):
            short = story(100 + number + 10 * (where == "b"), sentences=3)
            put(database, where, (*short, *standing), day=f"2026-10-0{number + 1}", title=f"Tin {where}{number}")
    run(database, tmp_path)
    assert groups(database) == {}


def test_follow_when_the_earliest_comes_last_then_it_leads(database: Database, tmp_path: Path) -> None:
    text = story(5)
    later = put(database, "a", text, day="2026-10-05")
    latest = put(database, "b", text[:-1], day="2026-10-06")
    run(database, tmp_path)
    assert set(groups(database)) == {later}
    earliest = put(database, "c", text, day="2026-10-01")
    run(database, tmp_path)
    assert groups(database) == {earliest: {earliest, later, latest}}
    assert told(database)[-3:].count(("clustered", earliest)) == 1
    assert reading.members(database, latest)[0].article == earliest


def test_follow_when_likeness_is_a_chain_then_members_are_like_the_earliest(database: Database, tmp_path: Path) -> None:
    text = story(6, sentences=20)
    first = put(database, "a", text[:14], day="2026-10-01")
    middle = put(database, "b", text[2:16], day="2026-10-02")
    last = put(database, "c", text[5:19], day="2026-10-03")  # like the middle one, not like the first
    run(database, tmp_path)
    assert groups(database) == {first: {first, middle}}
    assert last not in groups(database)[first]


def test_follow_when_one_portal_tells_it_twice_then_its_earliest_is_the_member(
    database: Database, tmp_path: Path
) -> None:
    text = story(7)
    first = put(database, "a", text, day="2026-10-01")
    second = put(database, "b", text, day="2026-10-04", title="Lần hai")
    run(database, tmp_path)
    assert groups(database) == {first: {first, second}}
    before = put(database, "b", text[:-1], day="2026-10-02", title="Lần một")
    run(database, tmp_path)
    assert groups(database) == {first: {first, before}}
    assert ("unclustered", second) in told(database)


def test_follow_when_a_member_becomes_another_story_then_it_leaves(database: Database, tmp_path: Path) -> None:
    text = story(8)
    first = put(database, "a", text, day="2026-10-01")
    second = put(database, "b", text, day="2026-10-02")
    third = put(database, "c", text, day="2026-10-03")
    run(database, tmp_path)
    revise(database, second, story(9))
    run(database, tmp_path)
    assert groups(database) == {first: {first, third}}
    revise(database, first, story(10))
    run(database, tmp_path)
    assert groups(database) == {}
    assert {article for kind, article in told(database) if kind == "unclustered"} == {first, second, third}


def test_follow_when_the_earliest_turns_to_a_known_story_then_it_joins_that(database: Database, tmp_path: Path) -> None:
    """While others are in its cluster it leads them; left alone it looks for a place of its own."""
    known = put(database, "c", story(14), day="2026-09-01")
    first = put(database, "a", story(13), day="2026-10-01")
    put(database, "b", story(13), day="2026-10-02")
    run(database, tmp_path)
    revise(database, first, story(14))
    run(database, tmp_path)
    assert groups(database) == {known: {known, first}}


def test_follow_when_the_earliest_is_withheld_then_the_next_leads_until_it_is_released(
    database: Database, tmp_path: Path
) -> None:
    text = story(11)
    first, second, third = (put(database, where, text, day=f"2026-10-0{at}") for at, where in enumerate("abc", 1))
    run(database, tmp_path)
    set_visible(database, first, "withheld")
    run(database, tmp_path)
    assert groups(database) == {second: {second, third}}
    set_visible(database, first, "public")
    run(database, tmp_path)
    assert groups(database) == {first: {first, second, third}}


def test_follow_when_an_article_was_removed_then_it_stays_the_earliest_publisher(
    database: Database, tmp_path: Path
) -> None:
    text = story(12)
    first = put(database, "a", text, day="2026-10-01")
    second = put(database, "b", text, day="2026-10-02")
    run(database, tmp_path)
    with database.write() as conn:
        articles.remove(conn, first, NOW)
        articles.publish(conn, [("removed", first, NOW)])
    assert run(database, tmp_path).articles == 0
    assert groups(database) == {first: {first, second}}
    assert reading.members(database, second)[0].removed_at == NOW


def test_follow_when_texts_are_too_short_then_they_are_not_compared(database: Database, tmp_path: Path) -> None:
    for where in ("a", "b"):
        put(database, where, ("Trân trọng thông báo để nhân dân được biết và thực hiện.",), day="2026-10-01")
    assert run(database, tmp_path).articles == 2
    assert groups(database) == {}


# --- once, serially, and whatever happens ---------------------------------------------------------------------------


def scene(database: Database) -> None:
    """A few stories in some order, enough for every way of an article."""
    one, two = story(20), story(21)
    put(database, "b", one, day="2026-10-05")
    put(database, "c", one[:-1], day="2026-10-06")
    put(database, "a", one, day="2026-10-01")
    put(database, "a", two, day="2026-10-02", title="Hai")
    put(database, "d", two[1:], day="2026-10-03", title="Hai")
    put(database, "d", story(22), day="2026-10-04", title="Ba")


def test_follow_when_the_same_events_are_read_again_then_nothing_changes(database: Database, tmp_path: Path) -> None:
    scene(database)
    run(database, tmp_path)
    before = everything(database)
    with database.write() as conn:
        conn.execute(update(schema.follower).values(seq=0))
    assert run(database, tmp_path) == Counts()
    assert everything(database) == before


class _Killed(BaseException):
    """The process is gone."""


@contextmanager
def killed_at(number: int) -> Iterator[list[int]]:
    """The connection dies before the statement of this number that any writer gives; the list counts them."""
    given_ = [0]

    def count(conn: Connection, cursor: object, statement: str, *_: object) -> None:
        if statement.split(None, 1)[0] in ("INSERT", "UPDATE", "DELETE"):
            given_[0] += 1
            if given_[0] == number:
                raise _Killed

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield given_
    finally:
        event.remove(Engine, "before_cursor_execute", count)


@pytest.mark.slow
def test_follow_when_killed_before_any_statement_then_the_end_is_the_same(
    database_url: str, tmp_path: Path, sqlite_template: Path
) -> None:
    """Each pass is killed one statement later than the one before it, until one comes through."""
    whole = tmp_path / "whole.db"
    whole.write_bytes(sqlite_template.read_bytes())
    never_killed = connect(f"sqlite:///{whole}")
    scene(never_killed)
    run(never_killed, tmp_path)
    database = connect(database_url)
    scene(database)
    number, done = 0, False
    while not done:
        number += 1
        with killed_at(number):
            try:
                run(database, tmp_path)
                done = True
            except _Killed:
                with database.write() as conn:  # a part of the way is gone again: the next pass has all of it before it
                    conn.execute(update(schema.follower).values(seq=0))
    assert number > 15
    assert groups(database) == groups(never_killed)
    assert sorted(told(database)) == sorted(told(never_killed))
    assert everything(database)[:4] == everything(never_killed)[:4]
    database.close()
    never_killed.close()


def test_follow_when_another_process_follows_then_held(database: Database, tmp_path: Path) -> None:
    scene(database)
    with hold(database, tmp_path, what="clusters"), pytest.raises(Held):
        run(database, tmp_path)
    assert groups(database) == {}


def test_advance_when_the_cursor_moved_then_held(database: Database) -> None:
    with database.write() as conn:
        following.advance(conn, rows.FOLLOWER, 0, 7)
    with pytest.raises(Held), database.write() as conn:
        following.advance(conn, rows.FOLLOWER, 3, 9)
    with database.read() as conn:
        assert following.cursor(conn, rows.FOLLOWER) == 7


def test_follow_when_told_to_stop_then_goes_on_later(database: Database, tmp_path: Path) -> None:
    scene(database)
    assert follow(database, tmp_path, now=lambda: NOW, stopping=lambda: True) == Counts()
    run(database, tmp_path)
    assert len(groups(database)) == 2


def test_meet_when_a_bucket_is_full_then_it_is_skipped_and_named(database: Database) -> None:
    with database.write() as conn:
        asked = Buckets(conn, [11, 12])
        for number in range(1, FULL + 1):
            asked.enter(number, [11])
        asked.enter(7, [12])
        asked.enter(8, [11, 12])
        asked.write()
    with database.write() as conn:
        asked = Buckets(conn, [11, 12, 13])
        assert asked.meet(9999, [11, 12, 13]) == ([7, 8], {11})
        asked.withdraw(7, [11, 12])
        assert asked.meet(8, [11, 12])[1] == set()


def test_meet_when_articles_of_one_slice_come_and_go_then_as_it_was_written_down(database: Database) -> None:
    with database.write() as conn:
        asked = Buckets(conn, [11, 12])
        asked.enter(1, [11, 12, 13])
        asked.enter(2, [12])
        assert asked.meet(2, [11, 12]) == ([1], set())
        asked.withdraw(1, [11, 13])
        asked.enter(1, [11])
        asked.withdraw(2, [12])
        asked.write()
        later = Buckets(conn, [11, 12, 13])
        for bucket, found in ((11, [1]), (12, [1]), (13, [])):
            assert later.meet(2, [bucket])[0] == found
