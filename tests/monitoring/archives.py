"""An archive for tests of the watch: nights go in as the crawl and the reader leave them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, update

from monitoring import watch
from monitoring.watch import Picture
from storage import runs, schema
from storage.engine import Database, next_numbers
from storage.leases import _take as take_lease
from storage.records import Portal
from tests.builders import make_capture, make_portal, make_reading, put_article, put_capture

EVENING = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)  # 22:00 in Vietnam, a Monday


class Nights:
    """Night after night over some portals; each has news every day while it is well."""

    def __init__(self, database: Database, *portals: Portal) -> None:
        self.db, self.portals = database, portals
        self.fence = take_lease(database, "crawl")
        self.at = EVENING
        runs.sync_portals(database, portals, now=EVENING)
        for portal in portals:
            self._home(portal)

    def history(self, portal: Portal, days: int = 60) -> None:
        """News on each working day before the first night."""
        for back in range(days, 0, -1):
            day = EVENING - timedelta(days=back)
            if day.weekday() < 5:
                self._publish(portal, day)

    def night(self, *, broken: dict[str, tuple[str, str]] | None = None, said: dict[str, str] | None = None) -> Picture:
        """One night: portals are well but those that are `broken` (state and cause of the visit) or have something else on
        their home page (`said`)."""
        broken, said = broken or {}, said or {}
        run = runs.begin_run(self.db, self.fence, kind="night", portals=[one.id for one in self.portals], now=self.at)
        for portal in self.portals:
            runs.start_visit(self.db, self.fence, run.id, portal.id, now=self.at, deep=False)
            state, cause = broken.get(portal.id, ("done", ""))
            counts = {"asked": 12, "answered": 12 if state == "done" else 0}
            if portal.id in said:
                self._say(portal, run.id, said[portal.id])
            elif state == "done":
                with self.db.write() as connection:
                    mine = schema.sighting.c.portal == portal.id
                    connection.execute(update(schema.sighting).where(mine).values(last_seen=self.at))
                self._publish(portal, self.at)
            runs.end_visit(self.db, self.fence, run.id, portal.id, state=state, cause=cause, counts=counts, now=self.at)  # type: ignore[arg-type]
        picture = watch.watch(self.db, self.fence, self.portals, run=run.id, now=self.at + timedelta(hours=2))
        runs.end_run(self.db, self.fence, run.id, state="done", exit_code=0, now=self.at + timedelta(hours=2))
        self.at += timedelta(days=1)
        return picture

    def _home(self, portal: Portal) -> None:
        row = {"portal": portal.id, "key": portal.id, "url": portal.url, "purpose": "listing", "first_seen": EVENING}
        with self.db.write() as connection:
            connection.execute(insert(schema.page).values(**row, status=200))

    def _publish(self, portal: Portal, day: datetime) -> None:
        url = f"https://{portal.id}/tin/{day:%Y-%m-%d}.html"
        reading = make_reading(f"Tin ngày {day:%d/%m/%Y}", published=f"{day:%Y-%m-%d}")
        put_article(self.db, reading, portal=portal, url=url, fetched_at=day)
        self._listed(portal, url, day)

    def _listed(self, portal: Portal, url: str, at: datetime) -> None:
        key = url.partition("://")[2]
        page = {"portal": portal.id, "key": key, "url": url, "purpose": "article", "first_seen": at, "status": 200}
        seen = {"portal": portal.id, "key": key, "url": url, "listing": portal.id, "source": "listing", "position": 0}
        with self.db.write() as connection:
            connection.execute(insert(schema.page).values(**page, read_as="article", depth=1))
            connection.execute(insert(schema.sighting).values(
                **seen, anchor=f"Tin về buổi họp của phường {key}", first_seen=at, last_seen=at
            ))  # fmt: skip

    def _say(self, portal: Portal, run: int, reason: str) -> None:
        """The home page shows something else, and the reader says what."""
        with self.db.write() as connection:
            (entry,) = next_numbers(connection, "entry")
            made = make_capture(entry, portal=portal.id, url=portal.url, purpose="listing", fetched_at=self.at)
            put_capture(connection, made, key=portal.id)
            connection.execute(update(schema.capture).where(schema.capture.c.entry == entry).values(run=run))
            connection.execute(insert(schema.reading).values(
                entry=entry, reader="1/0", verdict="not-article", detail=reason, article="", confidence=1.0, at=self.at
            ))  # fmt: skip
            home = (schema.page.c.portal == portal.id) & (schema.page.c.depth == 0)
            connection.execute(update(schema.page).where(home).values(payload_sha256=made.payload_sha256))


def ward(number: int, server: str = "") -> Portal:
    """One of several portals."""
    return make_portal(f"https://phuong{number}.tinh.gov.vn/", server=server or f"203.0.113.{number}")
