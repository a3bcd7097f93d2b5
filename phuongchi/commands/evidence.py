"""What `show --evidence` and `portals check` print: where each field comes from, what was rejected, what is thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from access.queries import Evidence
    from phuongchi.console import Voice
    from phuongchi.evidence import View

FEW = 12
"""Lines thrown away that are shown of each kind; all of them with -v."""

REASONS = {
    "inside": "giữa bài | between lines of the text",
    "outside": "ngoài bài | elsewhere on the page",
    "recurs": "lặp lại trên các trang | recurs on the portal's pages",
    "known": "khung trang thường gặp | furniture as on other portals",
}
"""Why lines are thrown away, in the order in which a person should look at them."""

SOURCES = {
    "title": "tên trang | document title", "meta": "thẻ meta | meta element", "heading": "đề mục | heading",
    "list": "trang danh sách | list",
}  # fmt: skip

CERTIFICATES = {
    "expired": "chứng chỉ đã hết hạn | its certificate has expired",
    "not-yet-valid": "chứng chỉ chưa có hiệu lực | its certificate is not valid yet",
    "self-signed": "chứng chỉ tự ký | its certificate is signed by itself",
    "unknown-issuer": "không rõ nơi cấp chứng chỉ | nobody knows who issued its certificate",
    "other-name": "chứng chỉ của tên miền khác | its certificate is for another name",
    "revoked": "chứng chỉ đã bị thu hồi | its certificate was revoked",
    "old-protocol": "giao thức TLS cũ, không an toàn | TLS older than 1.2, which is not safe",
    "invalid": "chứng chỉ không hợp lệ | its certificate is not valid",
}
"""What can be wrong with a certificate that a portal's row excuses (`crawler.fetch.tls`)."""


def show_evidence(voice: Voice, found: Evidence, view: View | None) -> None:
    """For each field from where it is, and what was rejected with the reason."""
    _show_title(voice, str(found.state.revision["title"]), view)
    _show_dates(voice, found)
    _show_names(voice, found, view)
    if view is None:
        voice.result("Trang gốc không còn hoặc không được xem | the page itself is gone or may not be shown")
    else:
        count = len(found.state.revision["paragraphs"])
        voice.result(f"Nội dung | text: {count} đoạn | paragraphs" + (f", [{view.place}]" if view.place else ""))
        show_thrown_away(voice, view)
    if found.state.capture.tls:
        _show_tls(voice, found.state.capture.tls)
    if found.flags:
        voice.result("Ghi chú | flags: " + ", ".join(found.flags))


def show_thrown_away(voice: Voice, view: View, *, indent: str = "") -> None:
    """The lines of a page that are in no field, by reason."""
    learned = f"học từ {view.learned_from} trang | learned from {view.learned_from} pages"
    if not view.learned_from:
        learned = "chưa đủ trang để học | too few pages to learn from"
    voice.result(f"{indent}Bỏ khỏi trang | thrown away: {len(view.lost)} dòng | lines ({learned})")
    for why, meaning in REASONS.items():
        lines = [one.text for one in view.lost if one.why == why]
        if lines:
            voice.result(f"{indent}  {meaning}: {len(lines)}")
            for text in _shown(lines, voice):
                voice.result(f"{indent}    {text}")


def _shown(lines: Sequence[str], voice: Voice) -> Iterable[str]:
    if voice.loudness > 0 or len(lines) <= FEW:
        return [text[:160] for text in lines]
    return [*(text[:160] for text in lines[:FEW]), f"+{len(lines) - FEW} (-v)"]


def _show_tls(voice: Voice, text: str) -> None:
    """What was wrong with the certificate of the server that the page came from."""
    *wrong, sha256 = text.split()
    voice.result("Kết nối không được bảo đảm | nobody vouches for the server that answered:")
    for word in wrong:
        voice.result(f"  {CERTIFICATES.get(word, word)}")
    voice.result(f"  chứng chỉ | certificate {sha256}")


def _show_title(voice: Voice, title: str, view: View | None) -> None:
    place = ""
    if view is not None:
        place = f" [{view.title.place}]" if view.title else " không phải một dòng của trang | is no line of the page"
    voice.result(f"Tiêu đề | title: «{title}»{place}: lấy | taken")
    for claim in view.claims if view else ():
        why = "có thêm chữ khác | holds more" if claim.longer else "chữ khác | another text"
        voice.result(f"  «{claim.text}» ({SOURCES[claim.source]}): bỏ | rejected: {why}")


def _show_dates(voice: Voice, found: Evidence) -> None:
    dates = [(date, "lấy | taken") for date in ((found.published,) if found.published else ())]
    for date in found.rejected:
        rejected = f"bỏ | rejected: {date.rejected}"
        dates.append((date, rejected if date.rejected else "lấy làm ngày cập nhật | taken as that of an update"))
    voice.result("Ngày đăng | published:" + ("" if found.published else " không rõ | unknown"))
    for date, verdict in dates:
        voice.result(f"  {date.value} ({date.precision}, {date.source}, {date.basis}) «{date.evidence}»: {verdict}")


def _show_names(voice: Voice, found: Evidence, view: View | None) -> None:
    read = found.state.revision
    for label, names in (("Tác giả | authors", read["authors"]), ("Nguồn ảnh | credits", read["credits"])):
        voice.result(f"{label}: {', '.join(names) or 'không rõ | unknown'}")
        for line in view.signed if view else ():
            if any(name in line.text for name in names):
                voice.result(f"  «{line.text}» [{line.place}]: lấy | taken")
