"""What the states of portals are called and what each asks of a person: Vietnamese first, English second.

The report and the notifications take their words from here; they are those of `docs/glossary.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A state in words. `person` says that somebody must act; `vi_cure` and `en_cure` what to do, or that nothing is."""

    vi: str
    en: str
    vi_cure: str
    en_cure: str
    person: bool = False

    def name(self, language: Language) -> str:
        """What it is called."""
        return self.vi if language == "vi" else self.en

    def cure(self, language: Language) -> str:
        """What to do about it."""
        return self.vi_cure if language == "vi" else self.en_cure


STATES: Mapping[str, Meaning] = {
    "healthy": Meaning("bình thường", "healthy", "không cần làm gì", "nothing to do"),
    "quiet": Meaning("ít tin", "quiet", "không cần làm gì: nguồn này thường ít đăng", "nothing to do: it seldom publishes"),
    "late": Meaning(
        "chậm bất thường", "late",
        "mở trang trong trình duyệt: nếu có tin mới mà kho không có, chạy phuongchi portals check với địa chỉ ấy",
        "open the portal in a browser: if it has news that the archive lacks, run phuongchi portals check on it",
        person=True,
    ),
    "empty-listing": Meaning(
        "trang danh sách trống", "empty listing",
        "mở trang danh sách: nếu trình duyệt thấy bài, chạy phuongchi portals check; nếu cũng trống thì chờ",
        "open the list: if a browser shows articles, run phuongchi portals check; if it is empty there too, wait",
        person=True,
    ),
    "layout-changed": Meaning(
        "đổi giao diện", "layout changed",
        "xem vài bài mới bằng phuongchi show --evidence; nếu sai, đặt selectors cho nguồn trong portals.toml",
        "look at some new articles with phuongchi show --evidence; if they are wrong, set selectors in portals.toml",
        person=True,
    ),
    "needs-browser": Meaning(
        "cần trình duyệt", "needs a browser",
        'cài Chromium và đặt fetch.browser = "auto"', 'install Chromium and set fetch.browser = "auto"',
        person=True,
    ),
    "blocked": Meaning(
        "bị chặn", "blocked",
        "liên hệ đơn vị quản lý cổng, giới thiệu kho và xin được truy cập; có thể tăng fetch.delay",
        "write to the portal's owner, say who you are and ask for access; fetch.delay may be raised",
        person=True,
    ),
    "maintenance": Meaning(
        "đang bảo trì", "under maintenance",
        "chờ vài đêm; nếu thông báo bảo trì còn sau một tuần, hỏi đơn vị quản lý cổng",
        "wait some nights; if the notice is still there after a week, ask the portal's owner",
        person=True,
    ),
    "unreachable": Meaning(
        "không truy cập được", "unreachable",
        "chờ vài đêm; nếu trình duyệt cũng không mở được sau một tuần, hỏi đơn vị quản lý hoặc dùng phuongchi portals move",
        "wait some nights; if a browser cannot open it after a week either, ask its owner or use phuongchi portals move",
        person=True,
    ),
    "tls": Meaning(
        "lỗi chứng thư số", "certificate problem",
        'báo cho đơn vị quản lý cổng; nếu phải thu thập ngay, đặt tls = "accept-invalid" cho nguồn đó',
        'tell the portal\'s owner; if it cannot wait, set tls = "accept-invalid" in its row',
        person=True,
    ),
    "robots-deferred": Meaning(
        "hoãn theo robots.txt", "put off by robots.txt",
        "không cần làm gì trong vài đêm; nếu kéo dài một tháng, hỏi đơn vị quản lý cổng",
        "nothing to do for some nights; if it lasts a month, ask the portal's owner",
    ),
    "moved": Meaning(
        "đã chuyển địa chỉ", "moved",
        "kiểm tra địa chỉ mới rồi chạy phuongchi portals move", "check the new address, then run phuongchi portals move",
        person=True,
    ),
    "dissolved": Meaning(
        "ngừng hoạt động", "dissolved",
        "nếu đúng là đã ngừng, chạy phuongchi portals retire: tin bài vẫn được giữ",
        "if it has really ended, run phuongchi portals retire: its articles stay",
        person=True,
    ),
    "hijacked": Meaning(
        "nghi bị chiếm quyền kiểm soát", "perhaps hijacked",
        "chạy phuongchi portals pause ngay, báo cho đơn vị quản lý; xem lại tin mới, ẩn bài lạ bằng phuongchi withhold",
        "run phuongchi portals pause at once, tell its owner; look at what is new, hide foreign articles: phuongchi withhold",
        person=True,
    ),
    "error": Meaning(
        "lỗi", "error",
        "xem nguyên nhân ghi kèm; nếu lặp lại ba đêm, chạy phuongchi portals check và báo lỗi chương trình",
        "see the cause beside it; if it comes back three nights, run phuongchi portals check and report a fault",
        person=True,
    ),
    "never-ran": Meaning(
        "chưa được thu thập đúng lịch", "never ran",
        "chạy phuongchi doctor, rồi xem dịch vụ lập lịch có đang chạy không (phuongchi status --check)",
        "run phuongchi doctor, then see whether the scheduler runs (phuongchi status --check)",
        person=True,
    ),
    "paused": Meaning("tạm dừng", "paused", "không cần làm gì; tiếp tục bằng phuongchi portals resume",
                      "nothing to do; go on with phuongchi portals resume"),
    "new": Meaning("mới thêm", "new", "không cần làm gì: đêm tới sẽ thu thập", "nothing to do: the next night visits it"),
}  # fmt: skip
"""Every state of a portal, by name."""


OTHERS: Mapping[str, Meaning] = {
    "outage": Meaning(
        "sự cố chung của nhiều nguồn", "an outage of several portals",
        "kiểm tra mạng của máy này trước; nếu chỉ một máy chủ hay một nền tảng, báo đơn vị vận hành của nó",
        "check this machine's network first; if it is one server or platform, tell who runs it",
        person=True,
    ),
    "job": Meaning(
        "việc bảo trì không xong", "upkeep did not succeed",
        "đọc lý do, chạy lại bằng tay (phuongchi verify, phuongchi backup) và xem phuongchi doctor",
        "read the reason, run it by hand (phuongchi verify, phuongchi backup), see phuongchi doctor",
        person=True,
    ),
}  # fmt: skip
"""Causes of alerts that are no states of portals; jobs are called `job:NAME`."""


def one_language(text: str, language: Language) -> str:
    """What a text says in one language, if it was written down as `Vietnamese | English`; else all of it."""
    vietnamese, bar, english = text.partition(" | ")
    return english if bar and language == "en" else vietnamese


def meaning(state: str) -> Meaning:
    """A state, or another cause of an alert, in words; one that is not known stands for itself."""
    return STATES.get(state) or OTHERS.get(state.partition(":")[0]) or Meaning(state, state, "", "")
