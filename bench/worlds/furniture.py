"""What stands round the articles of a generated portal: strings, and boxes drawn from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.worlds.dress import Dress
from tests.unseen.furniture import ACTS, EXTERNAL, PROCEDURES, clock, visits, weather
from tests.unseen.model import Story

RELATED = (
    "Các tin khác",
    "Tin liên quan",
    "Tin cùng chuyên mục",
    "TIN CÙNG DANH MỤC",
    "Những tin mới hơn",
    "Bài viết khác",
    "Tin đã đưa",
    "Có thể bạn quan tâm",
    "Tin tức khác",
    "Đọc thêm",
)
READ = ("Tin đọc nhiều", "Tin nổi bật", "Xem nhiều nhất", "Tiêu điểm", "TIN MỚI")
NOTICES = ("Thông báo", "Bảng tin", "Văn bản mới", "Thông tin cần biết")
TOOLS = (
    ("In bài viết", "Gửi cho bạn bè", "Lưu bài viết"),
    ("In trang", "Phản hồi", "Quay lại"),
    ("Chia sẻ", "Facebook", "Zalo", "Sao chép liên kết"),
    ("A-", "A", "A+", "Đọc bài viết"),
    ("Cỡ chữ", "Tương phản", "Nghe bài viết"),
)
RATINGS = (
    ("Tổng số điểm của bài viết là: 0 trong 0 đánh giá", "Click để đánh giá bài viết"),
    ("Đánh giá bài viết", "Rất tốt", "Tốt", "Bình thường", "Chưa tốt"),
)
COMMENTS = (
    ("Bình luận", "Họ và tên", "Gửi bình luận", "Chưa có bình luận nào."),
    ("Ý kiến bạn đọc", "Mã bảo mật", "Gửi đi", "Ẩn/Hiện ý kiến"),
    ("Trả lời", "Email của bạn sẽ không được hiển thị công khai. Các trường bắt buộc được đánh dấu *"),
)
MENU = (
    ("Trang chủ", "Giới thiệu", "Tin tức - Sự kiện", "Văn bản", "Thủ tục hành chính", "Liên hệ"),
    ("Trang chủ", "Bộ máy tổ chức", "Tin hoạt động", "Công khai ngân sách", "Hỏi đáp", "Thư viện ảnh", "Góp ý"),
    (
        "Trang nhất",
        "Lịch sử hình thành",
        "Kinh tế - Xã hội",
        "An ninh - Quốc phòng",
        "Cải cách hành chính",
        "Sơ đồ site",
    ),
)
SLOGANS = (
    "Năm 2026: Kỷ cương, trách nhiệm, đổi mới, hiệu quả",
    "Chung tay xây dựng đô thị văn minh, hiện đại",
    "Toàn dân rèn luyện thân thể theo gương Bác Hồ vĩ đại",
)


class Furniture:
    """The boxes of one portal; `stories` fill its lists."""

    def __init__(self, dress: Dress, stories: Sequence[Story], address: Callable[[Story], str]) -> None:
        self.dress, self.design = dress, dress.design
        self.stories, self.address = stories, address

    def rows(self, question: str, count: int, *, without: Story | None = None) -> list[tuple[str, str]]:
        """Addresses and titles for a list, the same on each page but for its own article."""
        held = [story for story in self.stories if story is not without]
        held = self.design.dice(question).sample(held, min(count, len(held)))
        return [(self.address(story), story.title) for story in held]

    def head(self, hit: int) -> str:
        """Banner, menu, search, sometimes a clock and a slogan."""
        dress, design = self.dress, self.design
        parts = [f'<a href="/"><img src="/banner.jpg" alt="{design.site}"></a>']
        if design.chance("slogan", 0.4):
            parts.append(f"<marquee>{dress.line(design.choose('slogans', SLOGANS))}</marquee>")
        if design.chance("clock", 0.5):
            now = clock(hit)
            days = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
            form = design.choose(
                "clocks",
                ("{d}, {t:%d/%m/%Y %H:%M}", "{d}, ngày {t:%d} tháng {t:%m} năm {t:%Y}", "{t:%H:%M:%S} {t:%d-%m-%Y}"),
            )
            parts.append(f"<span>{dress.line(form.format(d=days[now.weekday()], t=now))}</span>")
        if design.chance("search", 0.7):
            parts.append(f'<form action="/tim"><input name="q"><button>{dress.line("Tìm kiếm")}</button></form>')
        names = design.choose("menu", MENU)
        menu = dress.links([(f"/muc-{n}" if n else "/", name) for n, name in enumerate(names)], "menu")
        return dress.stack([dress.box("head", "".join(parts)), dress.box("menu", menu)])

    def side(self, which: str, hit: int) -> str:
        """A column of boxes; how many and how large is the portal's habit."""
        dice = self.design.dice(f"side/{which}")
        makers = [
            self._most_read,
            self._notices,
            self._outside,
            self._counter,
            self._weather,
            self._poll,
            self._services,
        ]
        dice.shuffle(makers)
        return self.dress.box("side", self.dress.stack(make(which, hit) for make in makers[: dice.randint(2, 6)]))

    def _titled(self, title: str, content: str) -> str:
        head = self.dress.text("boxtitle", self.dress.line(title), ("div", "h3", "h4", "p", "span"))
        return self.dress.box("box", head + content)

    def _most_read(self, which: str, hit: int) -> str:
        count = self.design.dice(f"read/{which}").randint(4, 10)
        return self._titled(
            self.design.choose("read", READ), self.dress.links(self.rows(f"read/{which}", count), "read")
        )

    def _stories(self, which: str, hit: int) -> str:
        """A box with whole sentences of other articles: more text than a short notice has."""
        by_url = {self.address(story): story for story in self.stories}
        rows = "".join(
            f'<div><a href="{url}">{self.dress.line(title)}</a><p>{self.dress.line(by_url[url].excerpt)}</p></div>'
            for url, title in self.rows(f"stories/{which}", self.design.dice(f"stories/{which}").randint(3, 6))
        )
        return self._titled(self.design.choose("stories", READ), rows)

    def _digits(self, which: str, hit: int) -> str:
        digits = visits(hit)["total"].replace(".", "")
        return self._titled("Lượt truy cập", "".join(f"<span>{self.dress.line(digit)}</span>" for digit in digits))

    def _notices(self, which: str, hit: int) -> str:
        if self.design.chance("acts", 0.5):
            rows = "".join(
                f"<p><b>{self.dress.line(number)}</b> {self.dress.line(title)}</p>" for number, title in ACTS[:5]
            )
            return self._titled(self.design.choose("notices", NOTICES), rows)
        rows = self.dress.links(self.rows(f"notice/{which}", 4), "notices")
        return self._titled(self.design.choose("notices", NOTICES), f'<marquee direction="up">{rows}</marquee>')

    def _outside(self, which: str, hit: int) -> str:
        if self.design.chance("select", 0.5):
            options = "".join(f"<option value='{url}'>{self.dress.line(name)}</option>" for name, url in EXTERNAL[:8])
            return self._titled("Liên kết website", f"<select>{options}</select>")
        return self._titled("Liên kết", self.dress.links([(url, name) for name, url in EXTERNAL[:6]], "outside"))

    def _counter(self, which: str, hit: int) -> str:
        seen = visits(hit)
        form = self.design.choose("counter", ("Hôm nay: {}", "Hôm nay {}", "Đang truy cập: {}"))
        lines = [
            form.format(seen["online"]),
            f"Tháng hiện tại: {seen['month']}",
            f"Tổng lượt truy cập: {seen['total']}",
        ]
        return self._titled("Thống kê truy cập", "".join(f"<div>{self.dress.line(line)}</div>" for line in lines))

    def _weather(self, which: str, hit: int) -> str:
        return self._titled("Thời tiết", f"<div>{self.dress.line(weather(hit))}</div>")

    def _poll(self, which: str, hit: int) -> str:
        choices = ("Rất hài lòng", "Hài lòng", "Chưa hài lòng")
        radios = "".join(
            f'<label><input type="radio" name="p">{self.dress.line(choice)}</label><br>' for choice in choices
        )
        question = self.dress.line("Bạn đánh giá thế nào về thái độ phục vụ của cán bộ một cửa?")
        return self._titled(
            "Thăm dò ý kiến", f"<p>{question}</p>{radios}<button>{self.dress.line('Bình chọn')}</button>"
        )

    def _services(self, which: str, hit: int) -> str:
        rows = [(f"/tthc/{n}", name) for n, name in enumerate(self.design.dice("tthc").sample(PROCEDURES, 7))]
        return self._titled("Thủ tục hành chính", self.dress.links(rows, "services"))

    def tools(self, question: str) -> str:
        """Buttons round an article."""
        words = self.design.choose(f"tools/{question}", TOOLS)
        return self.dress.box(
            "tools", " ".join(f'<a href="javascript:void(0)">{self.dress.line(word)}</a>' for word in words)
        )

    def related(self, story: Story) -> str:
        """Lists of other articles below one."""
        dice = self.design.dice("related")
        done = []
        for number, title in enumerate(dice.sample(RELATED, dice.choice((1, 1, 2)))):
            rows = self.rows(f"related/{number}/{story.number % 7}", dice.randint(3, 9), without=story)
            when = {self.address(other): other.when for other in self.stories}
            if self.design.chance(f"reldate/{number}", 0.5):
                lines = "".join(
                    f'<li><a href="{url}">{self.dress.line(text)}</a> <span>({when[url]:%d/%m/%Y})</span></li>'
                    for url, text in rows
                )
                content = f"<ul>{lines}</ul>"
            else:
                content = self.dress.links(rows, f"related/{number}")
            head = self.dress.text("reltitle", self.dress.line(title), ("div", "h3", "h4", "p", "b", "span"))
            done.append(self.dress.box("related", head + content))
        return self.dress.stack(done)

    def below(self) -> str:
        """Rating and comments below an article."""
        done = []
        if self.design.chance("voices", 0.3):
            done.append(self._voices())
        if self.design.chance("rating", 0.4):
            done.append(
                "".join(f"<span>{self.dress.line(text)}</span> " for text in self.design.choose("ratings", RATINGS))
            )
        if self.design.chance("comments", 0.5):
            texts = self.design.choose("commenting", COMMENTS)
            done.append("".join(f"<p>{self.dress.line(text)}</p>" for text in texts) + "<textarea></textarea>")
        return self.dress.box("below", self.dress.stack(done)) if done else ""

    def _voices(self) -> str:
        """Comments that readers left."""
        dice = self.design.dice("voices")
        names = [f"{family} {given}" for family, given in (("Trần Văn", "Lộc"), ("Lê Thị", "Mai"), ("Phạm", "Quỳnh"))]
        texts = (
            "Rất mong phường sớm sửa đoạn đường này.",
            "Cảm ơn các anh chị đã hỗ trợ người dân.",
            "Thông tin hữu ích.",
        )
        rows = ""
        for name, text in zip(names, texts, strict=True):
            when = self.dress.line(f"{dice.randint(10, 28)}/10/2026 09:{dice.randint(10, 59)}")
            rows += f"<div><b>{self.dress.line(name)}</b> <i>{when}</i><p>{self.dress.line(text)}</p></div>"
        return f"<h4>{self.dress.line('Ý kiến bạn đọc (3)')}</h4>{rows}"

    def player(self) -> str:
        """A voice that reads the article, with its labels."""
        words = ("Nghe bài viết", "Giọng nữ", "Giọng nam")
        return f"<div>{' '.join(f'<span>{self.dress.line(word)}</span>' for word in words)}<audio></audio></div>"

    def hidden(self) -> str:
        """What the page holds and does not show."""
        texts = (
            "Phiên làm việc của bạn đã hết hạn. Vui lòng đăng nhập lại.",
            "Trang web sử dụng cookie để phục vụ bạn tốt hơn.",
        )
        return "".join(f'<div style="display:none"><p>{self.dress.line(text)}</p></div>' for text in texts)

    def between(self, story: Story) -> str:
        """A link to another article in the middle of one."""
        [(url, title)] = self.rows(f"between/{story.number}", 1, without=story)
        word = self.design.choose("between", ("Xem thêm:", ">>> Đọc thêm:", "Tin liên quan:"))
        return f'<p><b>{self.dress.line(word)}</b> <a href="{url}">{self.dress.line(title)}</a></p>'

    def foot(self, hit: int) -> str:
        """The page's foot."""
        unit = self.design.unit
        lines = [
            f"Cơ quan chủ quản: Ủy ban nhân dân {unit}",
            f"Địa chỉ: Số {self.design.dice('no').randint(2, 400)} đường Trần Phú, {unit}",
            "Điện thoại: 0236.3821.158 - Email: ubnd@example.gov.vn",
            "Người chịu trách nhiệm: Chủ tịch Ủy ban nhân dân",
            f"Ghi rõ nguồn “{self.design.site}” khi phát hành lại thông tin từ website này",
            f"© Bản quyền thuộc về {self.design.site}",
        ]
        if self.design.chance("footcount", 0.4):
            lines.append(f"Lượt truy cập {visits(hit)['total']}")
        tag = self.design.choose("foottag", ("p", "div", "span"))
        held = self.design.dice("foot").sample(lines, self.design.dice("foot").randint(3, len(lines)))
        return self.dress.box("foot", "".join(f"<{tag}>{self.dress.line(line)}</{tag}>" for line in held))
