"""The story of one night, as paragraphs, lists and tables in one language: what a person needs comes first.

Pure: a `Report` in, `Page` out; `monitoring.rendering` makes text and HTML of pages. Numbers come from `storage.reader.night`,
everything else (disk, forecasts, what causes mean) is handed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitoring.needs import Need, needs, seeming, watched
from monitoring.outages import OUTAGE
from monitoring.words import Language, meaning, one_language
from storage.reader.nights import UNVISITED, Happening, Night, NightPortal
from storage.text import VIETNAM

Both = tuple[str, str]
"""Something said in Vietnamese and in English."""

FOLDED = 50
"""More portals than this of which there is nothing to tell are counted, not listed."""

NAMED = 100
"""Titles of one kind that a report names; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Disk:
    """Space on the archive's disk, in bytes, and what must stay free."""

    free: int
    total: int
    least: int


@dataclass(frozen=True, slots=True)
class Report:
    """What one report is made of. `causes` says what classes of failures mean; `duties`, `forecasts` and
    `undelivered` are sentences; duties are what somebody has to do beside the portals.
    """

    night: Night
    disk: Disk | None = None
    duties: tuple[Both, ...] = ()
    forecasts: tuple[Both, ...] = ()
    undelivered: tuple[Both, ...] = ()
    causes: Mapping[str, Both] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One point of a list; `url` is where it leads, `more` stands below it."""

    text: str
    url: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with points or a table below it; `alarming` ones are set off."""

    title: str
    items: tuple[Item, ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The whole story in one language."""

    language: Language
    title: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]


def page(report: Report, language: Language) -> Page:
    """The story in one language."""
    tell = _Teller(report, language)
    date = f"{report.night.date:%d/%m/%Y}" if language == "vi" else f"{report.night.date.day} {report.night.date:%B %Y}"
    return Page(
        language=language,
        title=tell.say(f"Báo cáo đêm {date}", f"Report of the night of {date}"),
        lead=tuple(tell.lead()),
        sections=tuple(section for section in tell.sections() if section.items or section.rows),
    )


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells one report in one language."""

    report: Report
    language: Language

    def say(self, vi: str, en: str) -> str:
        return vi if self.language == "vi" else en

    def lead(self) -> Iterator[str]:
        night = self.report.night
        found, alone = needs(night), self._number
        portals = sum(len(need.portals) for need in found)
        visited = sum(portal.state not in ("pending", UNVISITED) for portal in night.portals)
        yield self.say(
            f"Đã đến {alone(visited)} trong {alone(len(night.portals))} nguồn; "
            f"tin mới {alone(night.events.get('created', 0))}, sửa đổi {alone(night.events.get('revised', 0))}, "
            f"gỡ {alone(night.events.get('removed', 0))}, xuất hiện trở lại {alone(night.events.get('returned', 0))}, "
            f"chuyển địa chỉ {alone(night.events.get('moved', 0))}.",
            f"{alone(visited)} of {alone(len(night.portals))} portals were visited; "
            f"{alone(night.events.get('created', 0))} articles came in, {alone(night.events.get('revised', 0))} changed, "
            f"{alone(night.events.get('removed', 0))} vanished, {alone(night.events.get('returned', 0))} returned, "
            f"{alone(night.events.get('moved', 0))} moved.",
        )
        if found:
            yield self.say(f"{alone(portals)} nguồn cần người xem.", f"{alone(portals)} portals need a person.")
        else:
            yield self.say("Không nguồn nào cần người xem.", "No portal needs a person.")

    def sections(self) -> Iterator[Section]:
        yield self._needs()
        yield self._watched()
        yield self._alerts()
        yield self._nights()
        yield from self._stories()
        yield self._portals()
        yield self._refused()
        yield self._liberties()
        yield self._disk()

    def _needs(self) -> Section:
        return Section(
            self.say("Cần người xem", "Needs a person"),
            items=(
                *(self._need(need) for need in needs(self.report.night)),
                *(Item(self._both(said)) for said in self.report.duties),
            ),
            alarming=True,
        )

    def _need(self, need: Need) -> Item:
        since = self.say(f", từ {self._day(need.since)}", f", since {self._day(need.since)}") if need.since else ""
        if len(need.portals) > 1:
            names = ", ".join(portal.id for portal in need.portals)
            who = self._together(len(need.portals), need.place)
            url = ""
        else:
            names, url = "", need.portals[0].url
            who = _called(need.portals[0])
        why = "; ".join(filter(None, (self._cause(need.cause), one_language(need.detail, self.language))))
        do = need.state.cure(self.language)
        more = (names, self.say(f"Vì sao: {why}", f"Why: {why}") if why else "",
                self.say(f"Cần làm: {do}", f"What to do: {do}") if do else "")  # fmt: skip
        return Item(f"{who}: {need.state.name(self.language)}{since}", url, tuple(filter(None, more)))

    def _together(self, count: int, place: str) -> str:
        """Portals of one outage: what they share comes first in its name."""
        kind, _, name = place.partition(" ")
        vi, en = SHARED.get(kind, (place, place))
        shared = f"{self.say(vi, en)} {name}".strip() if kind in SHARED else place
        return self.say(f"{count} nguồn, {shared}", f"{count} portals, {shared}")

    def _watched(self) -> Section:
        items = []
        for portal in watched(self.report.night):
            state, why = seeming(portal) or ("", "")
            name, cause = meaning(state).name(self.language), self._cause(why)
            items.append(Item(f"{_called(portal)}: {name}", portal.url, (cause,) if cause else ()))
        title = self.say("Theo dõi thêm (chưa cần làm gì)", "Watched (nothing to do yet)")
        return Section(title, items=tuple(items))

    def _alerts(self) -> Section:
        """Alerts of the night that are not told above: what went well again, and what is no portal's."""
        called = {portal.id for need in needs(self.report.night) for portal in need.portals}
        items = []
        for alert in self.report.night.alerts:
            going_on = alert.closed_at is None
            if going_on and (alert.cause == OUTAGE or alert.portal in called):
                continue
            where = alert.portal or self.say("toàn kho", "the whole archive")
            name, said = meaning(alert.cause), one_language(alert.detail, self.language)
            state = "" if going_on else self.say(", đã hết", ", over")
            more = (said, name.cure(self.language) if going_on else "")
            items.append(Item(f"{self._minute(alert.opened_at)} {where}: {name.name(self.language)}{state}", "",
                              tuple(filter(None, more))))  # fmt: skip
        return Section(self.say("Cảnh báo khác", "Other alerts"), items=tuple(items))

    def _nights(self) -> Section:
        items = [
            Item(
                self.say(f"Đêm {self._minute(at)} không được thu thập", f"No visits in the night of {self._minute(at)}")
            )
            for at in self.report.night.missed
        ]
        items += [Item(self._both(said)) for said in self.report.undelivered]
        return Section(
            self.say("Đêm bị lỡ, thông báo chưa gửi được", "Missed nights, messages not sent"), items=tuple(items),
            alarming=True,
        )  # fmt: skip

    def _stories(self) -> Iterator[Section]:
        titles = (
            ("removed", "Đã gỡ khỏi trang gốc", "Vanished"), ("returned", "Xuất hiện trở lại", "Returned"),
            ("moved", "Chuyển địa chỉ", "Moved"), ("revised", "Sửa đổi", "Changed"), ("created", "Tin, bài mới", "Came in"),
        )  # fmt: skip
        for kind, vi, en in titles:
            told = [one for one in self.report.night.happened if one.kind == kind]
            count = self.report.night.events.get(kind, 0)
            items = [_story(one) for one in told[:NAMED]]
            if items and count > len(items):
                rest = self._number(count - len(items))
                items.append(Item(self.say(f"… và {rest} bài khác", f"… and {rest} more")))
            yield Section(f"{self.say(vi, en)}: {self._number(count)}", items=tuple(items))

    def _portals(self) -> Section:
        say = self.say
        headings = (
            say("Nguồn", "Portal"), say("Kết quả", "Result"), say("Mới", "New"), say("Sửa", "Changed"), say("Gỡ", "Gone"),
            say("Trở lại", "Returned"), say("Chuyển", "Moved"), say("Trang", "Pages"), say("Lỗi", "Failed"),
        )  # fmt: skip
        portals = self.report.night.portals
        told = [portal for portal in portals if not _is_plain(portal)]
        plain = len(portals) - len(told)
        if plain <= FOLDED:
            told, plain = list(portals), 0
        more = say(
            f"{self._number(plain)} nguồn khác: xong, không có gì mới",
            f"{self._number(plain)} other portals: done, nothing new",
        )
        return Section(
            say("Từng nguồn", "Portal by portal"), items=(Item(more),) if plain else (), headings=headings,
            rows=tuple(self._row(portal) for portal in told),
        )  # fmt: skip

    def _row(self, portal: NightPortal) -> tuple[str, ...]:
        state = VISITS.get(portal.state, (portal.state, portal.state))
        kinds = ("created", "revised", "removed", "returned", "moved")
        numbers = [portal.events.get(kind, 0) for kind in kinds]
        numbers += [portal.counts.get("answered", 0), portal.counts.get("failed", 0)]
        cause = f" ({portal.cause})" if portal.cause else ""
        return (portal.id, self._both(state) + cause, *(self._number(number) for number in numbers))

    def _refused(self) -> Section:
        """What was refused, put off, cut short or trapped, by class over all portals."""
        counted: Counter[str] = Counter()
        where: dict[str, list[str]] = {}
        example: dict[str, str] = {}
        for portal in self.report.night.portals:
            for one in portal.troubles:
                counted[one.cause] += one.count
                where.setdefault(one.cause, []).append(portal.id)
                example.setdefault(one.cause, one.url)
        items = []
        for cause, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])):
            portals = ", ".join(dict.fromkeys(where[cause][:5])) + (", …" if len(where[cause]) > 5 else "")
            items.append(Item(f"{self._number(count)} × {self._cause(cause)}", "", (portals, example[cause])))
        trapped = sum(portal.counts.get("trapped", 0) for portal in self.report.night.portals)
        if trapped and "trap.budget" not in counted:
            items.append(Item(f"{self._number(trapped)} × {self._cause('trap.budget')}"))
        title = self.say("Bị từ chối, hoãn lại, cắt bớt, bẫy", "Refused, put off, cut short, trapped")
        return Section(title, items=tuple(items))

    def _liberties(self) -> Section:
        items = []
        for portal in self.report.night.portals:
            if portal.robots_override is not None:
                reason, until = portal.robots_override
                items.append(Item(self.say(
                    f"{portal.id}: không theo robots.txt đến {until}. Lý do: {reason}",
                    f"{portal.id}: robots.txt is ignored until {until}. Reason: {reason}")))  # fmt: skip
            if portal.tls_unverified:
                items.append(Item(self.say(
                    f"{portal.id}: chứng thư số không được kiểm tra (tls)",
                    f"{portal.id}: certificates are not verified (tls)")))  # fmt: skip
        return Section(self.say("Ngoại lệ đang áp dụng", "Liberties in force"), items=tuple(items))

    def _disk(self) -> Section:
        night, disk, say = self.report.night, self.report.disk, self.say
        items = [Item(self._of_run(run.id, run.started_at, run.ended_at, run.resumed)) for run in night.runs]
        new, size, files = self._size(night.bytes), self._size(night.warc_bytes), self._number(night.warc_files)
        captures, articles = self._number(night.captures), self._number(night.whole.articles)
        items.append(Item(say(
            f"Đêm này: {captures} bản chụp, {new}; toàn kho: {articles} tin, bài, {files} tệp WARC, {size}",
            f"This night: {captures} captures, {new}; the whole archive: {articles} articles, {files} WARC files, {size}",
        )))  # fmt: skip
        if night.whole.unread:
            waiting = self._number(night.whole.unread)
            items.append(Item(say(f"{waiting} bản chụp chưa đọc", f"{waiting} captures wait to be read")))
        if disk is not None:
            free, total = self._size(disk.free), self._size(disk.total)
            items.append(Item(say(f"Đĩa: còn trống {free} trong {total}", f"Disk: {free} of {total} are free")))
        items += [Item(self._both(said)) for said in self.report.forecasts]
        return Section(say("Đĩa và thời gian", "Disk and time"), items=tuple(items))

    def _of_run(self, run: int, started: datetime, ended: datetime | None, resumed: int) -> str:
        again = self.say(f", tiếp tục {resumed} lần", f", gone on with {resumed} times") if resumed else ""
        began = self._minute(started)
        if ended is None:
            return self.say(
                f"Phiên {run}: từ {began}, chưa kết thúc{again}", f"Run {run}: from {began}, not ended{again}"
            )
        minutes = self._number(round((ended - started).total_seconds() / 60))
        return self.say(
            f"Phiên {run}: {began} đến {self._minute(ended)} ({minutes} phút){again}",
            f"Run {run}: {began} to {self._minute(ended)} ({minutes} minutes){again}",
        )

    def _cause(self, cause: str) -> str:
        known = self.report.causes.get(cause)
        return f"{cause}: {self._both(known)}" if known else one_language(cause, self.language)

    def _both(self, said: Both) -> str:
        return said[0] if self.language == "vi" else said[1]

    def _number(self, number: int) -> str:
        return f"{number:,}".replace(",", ".") if self.language == "vi" else f"{number:,}"

    def _size(self, size: int) -> str:
        text = f"{size / 2**30:,.1f} GiB" if size >= 2**30 else f"{size / 2**20:,.1f} MiB"
        return text.translate(str.maketrans(",.", ".,")) if self.language == "vi" else text

    def _day(self, at: datetime | None) -> str:
        return f"{at.astimezone(VIETNAM):%d/%m/%Y}" if at is not None else ""

    def _minute(self, at: datetime) -> str:
        return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


VISITS: Mapping[str, Both] = {
    "done": ("xong", "done"), "partial": ("một phần", "partial"), "deferred": ("hoãn lại", "put off"),
    "unreachable": ("không truy cập được", "unreachable"), "failed": ("lỗi", "failed"),
    "pending": ("chưa bắt đầu", "not begun"), "running": ("đang chạy", "under way"),
    UNVISITED: ("không đến đêm này", "not visited"),
}  # fmt: skip
"""Ends of visits in words."""


SHARED: Mapping[str, Both] = {
    "server": ("cùng máy chủ", "one server"), "domain": ("cùng tên miền", "one domain"),
    "platform": ("cùng nền tảng", "one platform"),
    "machine": ("mọi nguồn cùng lúc: có thể do mạng của máy này", "all at once: perhaps this machine's own network"),
}  # fmt: skip
"""What portals of one outage share, in words (`monitoring.outages`)."""


def _is_plain(portal: NightPortal) -> bool:
    """Whether a portal was visited, and there is nothing to tell of it."""
    return portal.state == "done" and not (portal.cause or any(portal.events.values()) or portal.counts.get("failed"))


def _story(one: Happening) -> Item:
    return Item(f"{one.title} ({one.portal}, {one.article})", one.url)


def _called(portal: NightPortal) -> str:
    place = ", ".join(filter(None, (portal.name, portal.province)))
    return f"{portal.id} ({place})" if place else portal.id
