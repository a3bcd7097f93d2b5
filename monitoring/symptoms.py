"""What one visit says of its portal: that it is well, what is wrong with it, or nothing. Pure.

First what the fetching half met, then whether the lists still give what they used to, then why they do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from storage.observations import Observation

WELL, UNKNOWN = "", "?"
"""What a visit says that is no trouble: the portal is well; nothing can be told from it."""

_LOST = 0.15
"""Share of what the lists usually show below which they show nothing any more."""

_USUAL = 3
"""Articles that lists must usually show to be missed."""

_FLOOD = 0.2
"""Share of alien headlines that leaves no doubt."""

_OWED = ("announced", "barren", "waiting", "strange", "kept")
_LEARNED_FROM = 3
_CHANCE = 3e-3
_REMEMBERED = 300

_DRIFT = 0.1
"""So much more of the headlines must be foreign than used to be."""

UNFINISHED = frozenset(
    ("stopped", "run.failed", "run.lost", "limit.time", "limit.pages", "read.failed", "read.away", "platform.stopped")
)
_REACH = ("net.", "timeout.")

Said = tuple[str, str, str]
"""A state, and why: in Vietnamese, in English."""

_BY_FAILURE: Mapping[str, Said] = {
    "tls.invalid": ("tls", "chứng thư số không hợp lệ", "the certificate is not valid"),
    "http.4xx": ("blocked", "máy chủ từ chối (HTTP 4xx)", "the server refuses (HTTP 4xx)"),
    "http.429": (
        "blocked",
        "máy chủ báo quá nhiều yêu cầu (HTTP 429)",
        "the server calls it too many requests (HTTP 429)",
    ),
    "http.5xx": ("error", "máy chủ đang lỗi (HTTP 5xx)", "the server fails (HTTP 5xx)"),
    "http.404": ("error", "trang chủ không còn (HTTP 404)", "the home page is not there (HTTP 404)"),
    "robots.disallowed": ("robots-deferred", "robots.txt cấm toàn bộ cổng", "robots.txt forbids the whole portal"),
    "robots.unavailable": ("robots-deferred", "không lấy được robots.txt", "robots.txt could not be had"),
    "needs-browser": ("needs-browser", "trang chỉ hiện khi chạy mã lệnh", "pages show nothing without their scripts"),
    "crash": ("error", "tiến trình thu thập chết", "the crawl process died"),
}

_BY_READING: Mapping[str, Said] = {
    "hijacked": ("hijacked", "trang hiện nội dung cờ bạc hoặc lạ", "pages show gambling or foreign content"),
    "blocked": (
        "blocked",
        "trang chặn hoặc đòi xác minh thay cho nội dung",
        "a block page or captcha in place of content",
    ),
    "login": ("blocked", "trang đòi đăng nhập thay cho nội dung", "a login in place of content"),
    "maintenance": ("maintenance", "trang báo bảo trì", "a maintenance notice"),
    "moved": ("moved", "trang báo cổng đã chuyển địa chỉ", "a notice that the portal has moved"),
    "closed": ("dissolved", "trang báo cổng ngừng hoạt động", "a notice that the portal has closed"),
    "error-page": ("error", "trang báo lỗi của hệ thống", "an error page of the system"),
    "soft-404": ("error", "trang báo không tìm thấy", "pages say that nothing is found"),
}


@dataclass(frozen=True, slots=True)
class Symptom:
    """What the visit `at` says: `state` is empty when the portal is well, `?` when nothing can be told.

    `sure`: it rests on more than this one visit; `usual` is how many articles the lists showed until then.
    """

    at: datetime
    state: str
    vi: str = ""
    en: str = ""
    sure: bool = False
    seen: Observation | None = None
    usual: int | None = None

    @property
    def bad(self) -> bool:
        """Whether it is trouble."""
        return self.state not in (WELL, UNKNOWN)

    @property
    def fact(self) -> str:
        """The visit in numbers, with what it says."""
        one = self.seen
        if one is None:
            return ""
        numbers = [f"{one.counts.get('answered', 0)}/{one.counts.get('asked', 0)}"]
        if "listed" in one.counts:
            usual = f" (usual {self.usual})" if self.usual is not None else ""
            numbers.append(f"listed {one.counts['listed']}{usual}")
        numbers += [f"{name} {one.counts[name]}" for name in ("announced", "created", "barren") if one.counts.get(name)]
        numbers += [f"{count} × {name}" for name, count in sorted(one.failures.items(), key=lambda item: -item[1])[:2]]
        said = f"{self.vi} | {self.en}" if self.vi else "ổn | well"
        return f"{one.state}{' ' + one.cause if one.cause else ''}; {', '.join(numbers)}: {said}"


def symptoms(observed: Sequence[Observation]) -> tuple[Symptom, ...]:
    """What each visit says, the oldest first."""
    found: list[Symptom] = []
    past = Past()
    for one in observed:
        past.remember(one)
        state, vi, en = _judged(one, past)
        sure = state != WELL and (past.owed_state == "layout-changed" or _flooded(one, past))
        found.append(Symptom(one.at, state, vi, en, sure, one, past.usual))
        past.note(one, well=state == WELL)
    return tuple(found)


def usual_of(observed: Sequence[Observation]) -> dict[str, int]:
    """What is usual of a portal after these visits, to be kept with the last one: a trouble may last longer than they do."""
    past = Past()
    for one in observed:
        past.remember(one)
        past.note(one, well=_judged(one, past)[0] == WELL)
    if past.usual is None:
        return {}
    owed = {f"owed.{name}": count for name, count in past.owed.items() if count}
    ever = {"ever.announced": past.announced, "ever.barren": past.barren}
    if past.announced > _REMEMBERED:
        ever = {name: count // 2 for name, count in ever.items()}
    return {"usual": past.usual, "usual.foreign": round(100 * past.usual_foreign)} | owed | ever


@dataclass(slots=True)
class Past:
    """What the visits before were like: what lists showed on good ones, how much of it was alien, which announced pages are
    owed since the last article that could be read. `told` is what was usual before the first of them."""

    shown: list[int] = field(default_factory=list)
    promoted: list[int] = field(default_factory=list)
    foreign: list[float] = field(default_factory=list)
    announced: int = 0
    barren: int = 0
    owed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_OWED, 0))
    owed_state: str = ""
    told: int | None = None
    told_foreign: float = 1.0
    begun: bool = False

    @property
    def usual(self) -> int | None:
        """How many articles the lists usually show; None while they never showed any."""
        return int(median(self.shown[-9:])) if self.shown else self.told

    @property
    def usual_foreign(self) -> float:
        """What share of the headlines is usually foreign; all of them while nothing is known."""
        return median(self.foreign[-9:]) if self.foreign else self.told_foreign

    def remember(self, one: Observation) -> None:
        """Take into account what was announced since the last article that could be read, and what became of it.

        The first visit brings what was kept with it: how it was after that visit.
        """
        counts = one.counts
        if not self.begun and "usual" in counts:
            self.told, self.told_foreign = counts["usual"], counts.get("usual.foreign", 100) / 100
            self.owed = {name: counts.get(f"owed.{name}", 0) for name in _OWED}
            self.announced, self.barren = counts.get("ever.announced", 0), counts.get("ever.barren", 0)
        elif counts.get("created"):
            self.announced += self.owed["announced"] + counts.get("announced", 0)
            self.barren += self.owed["barren"] + counts.get("barren", 0)
            self.owed = dict.fromkeys(_OWED, 0)
        else:
            self.owed = {name: self.owed[name] + counts.get(name, 0) for name in _OWED}
        if not self.owed["barren"]:
            self.owed["kept"] = 0
        self.begun = True

    def note(self, one: Observation, *, well: bool) -> None:
        """Take a visit into account."""
        counts = one.counts
        if (well or self.owed_state) and counts.get("listed"):
            self.shown.append(counts["listed"])
        if not well or "listed" not in counts:
            return
        self.promoted.append(counts.get("promoted", 0))
        self.foreign.append(counts.get("foreign", 0) / max(1, counts.get("headlines", 0)))


def _judged(one: Observation, past: Past) -> Said:
    past.owed_state = ""
    said = _fetched(one)
    if said is not None:
        return said
    lost = _lists_lost(one, past.usual)
    if hijack := _hijacked(one, past, lost=lost):
        return hijack
    if lost:
        return _why_lost(one, past.usual)
    if one.cause in UNFINISHED and one.state != "done":
        return (WELL if one.counts.get("listed") else UNKNOWN), "", ""
    if one.cause == "needs-browser" and one.state == "partial":
        return _BY_FAILURE["needs-browser"]
    owed = _unread(one, past)
    past.owed_state = owed[0] if owed else ""
    return owed or (WELL, "", "")


def _fetched(one: Observation) -> Said | None:
    """What the fetching half met, when it got nothing at all."""
    if one.state in ("pending", "running"):
        return UNKNOWN, "", ""
    if one.state == "failed":
        return _BY_FAILURE.get(one.cause, ("error", "phiên thu thập lỗi", "the visit failed"))
    if one.state == "deferred":
        return _put_off(one)
    answered = one.counts.get("answered", 0)
    if one.away and not one.counts.get("listed"):
        return "moved", f"trang chủ chuyển hướng sang {one.away}", f"the home page redirects to {one.away}"
    if one.state == "unreachable" or (one.state == "partial" and not answered and one.cause not in UNFINISHED):
        return _of_failure(one.cause)
    if not answered and (worst := _worst(one)):
        return _of_failure(worst)
    return None


def _put_off(one: Observation) -> Said:
    if one.cause == "retry.later":
        if one.failures.get("http.5xx", 0) > one.failures.get("http.429", 0):
            return (
                "maintenance",
                "máy chủ báo tạm ngừng và hẹn quay lại",
                "the server is out of service and asks to come back",
            )
        return "blocked", "máy chủ yêu cầu chờ lâu", "the server asks to wait for long"
    if one.cause in ("platform.stopped", "server-busy", "visit.stalled"):
        return UNKNOWN, "", ""
    if (worst := _worst(one)).startswith(_REACH):  # not even its robots.txt
        return _of_failure(worst)
    return _of_failure(one.cause)


def _of_failure(cause: str) -> Said:
    if cause in _BY_FAILURE:
        return _BY_FAILURE[cause]
    if cause.startswith(_REACH):
        return "unreachable", f"không kết nối được ({cause})", f"cannot be reached ({cause})"
    if cause == "redirect.offsite":
        return "moved", "mọi trang chuyển sang máy khác", "all pages redirect to another host"
    return "error", f"không lấy được trang nào ({cause})", f"no page could be fetched ({cause})"


def _worst(one: Observation) -> str:
    """The class that failed most often, of those that say something of the whole portal."""
    telling = {
        name: count
        for name, count in one.failures.items()
        if name not in ("limit.links", "trap.budget", "content.type")
    }
    return max(telling, key=lambda name: (telling[name], name), default="")


def _hijacked(one: Observation, past: Past, *, lost: bool) -> Said | None:
    """Whether gambling or foreign content stands where the portal's own stood. What it always had does not make it hijacked."""
    counts = one.counts
    lines, promoted, foreign = (counts.get(name, 0) for name in ("headlines", "promoted", "foreign"))
    said = counts.get("said.hijacked", 0)
    spread = said >= 3 and said >= 0.3 * counts.get("read", 1)
    home = bool(counts.get("home.hijacked")) and (lost or promoted > 0 or said >= 2)
    more = promoted - (median(past.promoted[-9:]) if past.promoted else 0)
    if home or spread or more >= 3:
        return _BY_READING["hijacked"]
    if foreign >= 5 and foreign >= 5 + past.usual_foreign * lines and foreign >= (past.usual_foreign + _DRIFT) * lines:
        return "hijacked", "tiêu đề mới không phải tiếng Việt", "its new headlines are no Vietnamese"
    return None


def _flooded(one: Observation, past: Past) -> bool:
    """Whether so many headlines are alien that one visit is enough."""
    counts = one.counts
    alien = counts.get("promoted", 0) + counts.get("foreign", 0) - past.usual_foreign * counts.get("headlines", 0)
    return alien >= 8 and alien >= _FLOOD * counts.get("headlines", 0)


def _lists_lost(one: Observation, usual: int | None) -> bool:
    """Whether the lists show nothing any more of what they used to; of a portal that never showed anything: nothing yet."""
    if "listed" not in one.counts:
        return False
    listed = one.counts["listed"]
    if usual is None:
        return listed == 0
    return usual >= _USUAL and listed <= _LOST * usual


def _why_lost(one: Observation, usual: int | None) -> Said:
    counts = one.counts
    for reason, said in _BY_READING.items():
        if counts.get(f"home.{reason}"):
            return said
    if one.cause == "needs-browser" or counts.get("shells", 0) > counts.get("told", 0):
        return _BY_FAILURE["needs-browser"]
    answered, failed = counts.get("answered", 0), counts.get("failed", 0)
    read = max(counts.get("read", 0), 1)
    for reason, said in _BY_READING.items():
        if counts.get(f"said.{reason}", 0) >= max(2, 0.5 * read):
            return said
    if counts.get("same", 0) >= max(3, 0.5 * answered):
        return "maintenance", "mọi địa chỉ cho cùng một trang ngắn", "all addresses give one and the same short page"
    if failed > answered and (worst := _worst(one)):
        return _of_failure(worst)
    if one.cause in UNFINISHED and one.state != "done":
        return UNKNOWN, "", ""
    if usual is None:
        return "empty-listing", "chưa thấy bài nào trên trang danh sách", "its lists have shown no article yet"
    return (
        "empty-listing",
        f"danh sách cho {counts['listed']} bài, thường có {usual}",
        f"its lists give {counts['listed']} articles, usually {usual}",
    )


def _unread(one: Observation, past: Past) -> Said | None:
    """Whether lists announce articles, visit after visit, and none of them can be had or read."""
    counts = one.counts
    owed = past.owed
    announced, barren = owed["announced"], owed["barren"]
    if announced < 2:
        return None
    for reason, said in _BY_READING.items():
        if counts.get(f"said.{reason}", 0) >= max(2, 0.5 * counts.get("announced", 0)):
            return said
    # A new layout is learned from three pages; until then they wait, and that is no trouble.
    stuck = barren - owed["waiting"] >= 2 or owed["strange"] >= _LEARNED_FROM
    if stuck and 2 * barren >= announced and barren >= _too_many(past, kept=owed["kept"]):
        return ("layout-changed", f"{announced} bài mới được giới thiệu, không bài nào đọc được",
                f"{announced} new articles are announced and none can be read")  # fmt: skip
    if one.state == "partial" and (worst := _worst(one)) not in ("", "http.404"):
        return _of_failure(worst)
    return None


def _too_many(past: Past, *, kept: int) -> int:
    """How many announced pages in a row that are no articles are no chance any more: portals announce some other pages, too.

    While known articles can still be read (`kept`), the portal's pages have no other layout, and chance is likelier.
    """
    share = (past.barren + 0.5) / (past.announced + 20)
    count = 2
    while share**count > (_CHANCE / 2 if kept else _CHANCE) and count < 50:
        count += 1
    return count
