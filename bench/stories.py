"""A made-up world of articles whose stories are known: what finds one story on several portals is measured on it.

Stories are republished with cuts, an introduction, another byline, another caption. Beside them stand what only looks alike:
weekly schedules, notices of one form, congratulations, budget figures. Made from a seed, article by article, so that a
world of a million need not be kept anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from storage.text import VIETNAM

START = datetime(2025, 7, 1, 7, 0, tzinfo=VIETNAM)

_WHO = (
    "Đảng ủy, HĐND, UBND phường", "Hội Liên hiệp Phụ nữ phường", "Đoàn Thanh niên phường", "Ban Chỉ huy quân sự phường",
    "Công an phường", "Hội Cựu chiến binh phường", "Mặt trận Tổ quốc phường", "Trạm Y tế phường", "Hội Nông dân phường",
    "Ban công tác Mặt trận khu dân cư", "lãnh đạo các phòng chuyên môn", "cán bộ, công chức và người lao động",
    "đại diện các hộ gia đình", "Trung tâm Phục vụ hành chính công", "tổ công nghệ số cộng đồng", "nhân dân các tổ dân phố",
    "các em học sinh trên địa bàn", "đội ngũ cộng tác viên dân số", "các doanh nghiệp đóng chân trên địa bàn",
    "Hội Người cao tuổi phường", "Hội Chữ thập đỏ phường", "đoàn kiểm tra liên ngành", "các trường học trong cụm",
    "lực lượng dân quân tự vệ",
)  # fmt: skip
_DID = (
    "đã tổ chức hội nghị sơ kết công tác", "phối hợp ra quân dọn vệ sinh tại", "khai mạc giải thể thao truyền thống về",
    "triển khai kế hoạch tuyên truyền, phổ biến về", "trao tặng những phần quà ý nghĩa nhân dịp", "thăm hỏi, động viên gia đình sau",
    "kiểm tra tiến độ thi công công trình phục vụ", "lấy ý kiến đóng góp của người dân đối với", "phát động phong trào thi đua hưởng ứng",
    "bàn giao căn nhà đại đoàn kết cho", "hướng dẫn bà con cài đặt ứng dụng phục vụ", "tổ chức lớp tập huấn nghiệp vụ cho",
    "tiếp nhận và giải quyết kịp thời hồ sơ về", "ký kết chương trình phối hợp thực hiện", "biểu dương những tấm gương tiêu biểu trong",
    "rà soát, bổ sung danh sách tham gia", "nghe báo cáo kết quả bước đầu của", "chỉ đạo khắc phục những tồn tại trong",
    "vận động các nguồn lực xã hội chăm lo", "thống nhất chủ trương đầu tư nâng cấp", "quán triệt sâu rộng nội dung của",
    "mở đợt cao điểm kiểm tra, xử lý vi phạm về", "giao lưu, chia sẻ kinh nghiệm làm tốt", "ghi nhận nhiều kết quả đáng mừng từ",
)  # fmt: skip
_WHAT = (
    "chuyển đổi số trong giải quyết thủ tục hành chính", "tuyến đường hoa kiểu mẫu ven kênh", "ngày hội toàn dân bảo vệ an ninh",
    "công tác phòng cháy, chữa cháy mùa khô", "chiến dịch tiêm vắc xin cho trẻ nhỏ", "nếp sống văn minh trong việc cưới, việc tang",
    "mô hình phân loại rác tại nguồn", "chương trình khám bệnh, cấp thuốc miễn phí", "cải tạo hệ thống thoát nước khu dân cư",
    "các gia đình chính sách và người có công", "bình đẳng giới và phòng chống bạo lực gia đình", "thu thuế sử dụng đất phi nông nghiệp",
    "nhà văn hóa vừa được sửa sang khang trang", "vay vốn phát triển kinh tế hộ", "an toàn thực phẩm tại các chợ truyền thống",
    "trật tự đô thị và lòng lề đường", "bầu cử đại biểu Quốc hội và HĐND các cấp", "trẻ em có hoàn cảnh khó khăn vươn lên học giỏi",
    "dịch vụ công trực tuyến toàn trình", "phong trào toàn dân rèn luyện sức khỏe", "công tác tuyển chọn công dân nhập ngũ",
    "giải phóng mặt bằng dự án mở rộng đường", "bảo tồn lễ hội đình làng hằng năm", "phòng, chống dịch sốt xuất huyết",
)  # fmt: skip
_HOW = (
    "với tinh thần trách nhiệm cao", "trong không khí phấn khởi, chan hòa", "nhằm nâng cao chất lượng đời sống người dân",
    "được dư luận đồng tình ủng hộ", "theo đúng lộ trình đã đề ra từ đầu năm", "dù thời tiết những ngày qua không thuận lợi",
    "góp phần giữ gìn cảnh quan xanh, sạch, đẹp", "bảo đảm công khai, minh bạch, đúng quy định", "và sẽ nhân rộng trong thời gian tới",
    "để không ai bị bỏ lại phía sau", "qua đó lan tỏa những việc làm tử tế", "từ nguồn kinh phí xã hội hóa",
    "trước sự chứng kiến của đông đảo bà con", "coi đây là nhiệm vụ trọng tâm của quý", "sau nhiều lần khảo sát thực tế",
    "đáp ứng nguyện vọng bấy lâu của nhân dân", "như lời hứa tại buổi đối thoại vừa qua", "thay cho cách làm cũ mất nhiều thời gian",
)  # fmt: skip
_LINK = ("Tại buổi lễ,", "Bên cạnh đó,", "Phát biểu chỉ đạo,", "Theo kế hoạch,", "Trước đó,", "Cùng ngày,", "Trong khuôn khổ chương trình,", "Đến nay,", "Thời gian tới,", "Dịp này,", "")  # fmt: skip
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Hồ", "Ngô", "Dương")
_MIDDLE = ("Văn", "Thị", "Đức", "Minh", "Thanh", "Quốc", "Hữu", "Ngọc", "Xuân", "Thu")
_GIVEN = ("An", "Bình", "Cường", "Dũng", "Hà", "Hạnh", "Hùng", "Hương", "Khánh", "Lan", "Long", "Mai", "Nam", "Nga", "Phúc", "Quân", "Sơn", "Tâm", "Thảo", "Tuấn", "Vinh", "Yến")  # fmt: skip
_PLACE_A = ("Hòa", "Tân", "An", "Phú", "Long", "Bình", "Đông", "Nam", "Xuân", "Vĩnh", "Thanh", "Mỹ")
_PLACE_B = (
    "Bình",
    "Lập",
    "Khánh",
    "Thạnh",
    "Sơn",
    "Hưng",
    "Thọ",
    "Phong",
    "Lộc",
    "Hải",
    "Minh",
    "Lợi",
    "Giang",
    "Thành",
)


@dataclass(frozen=True, slots=True)
class Told:
    """One article: which portal has it, when it was published, and the number of its story."""

    portal: int
    story: int
    published: datetime
    title: str
    paragraphs: tuple[str, ...]


def world(size: int, *, seed: int = 1, portals: int | None = None) -> Iterator[Told]:
    """`size` articles in the order in which they are read: about half of them republished, a fifth of them forms."""
    rng = Random(seed)
    there = portals or max(20, size // 100)
    made = 0
    while made < size:
        batch = _forms(rng, made, there) if rng.random() < 0.11 else _republished(rng, made, there)
        for told in batch[: size - made]:
            made += 1
            yield told


def _republished(rng: Random, story: int, portals: int) -> list[Told]:
    """One story on as many portals as take it; the first one in time is not always the first to be read."""
    takers = min(portals, 1 if rng.random() < 0.6 else 40 if rng.random() < 0.01 else rng.randint(2, 6))
    title, sentences, at = _story(rng)
    copies = []
    for number, portal in enumerate(_different(rng, portals, takers)):
        text = _edited(rng, sentences) if number else sentences
        called = title if rng.random() < 0.7 or not number else f"{rng.choice(_WHAT).capitalize()} {rng.choice(_HOW)}"
        when = at + timedelta(hours=number * rng.randint(2, 20))
        copies.append(Told(portal, story, when, called, _printed(rng, text, portal, when)))
    if rng.random() < 0.3:
        rng.shuffle(copies)
    return copies


def _different(rng: Random, portals: int, count: int) -> list[int]:
    """Some portals, busy ones sooner than those that hardly ever print anything."""
    found: dict[int, None] = {}
    while len(found) < count:
        found[int(portals * rng.random() ** 2)] = None
    return list(found)


def _story(rng: Random) -> tuple[str, list[str], datetime]:
    at = START + timedelta(minutes=rng.randrange(500 * 24 * 60))
    place, what = _place(rng), rng.choice(_WHAT)
    title = f"Phường {place} {rng.choice(_DID)} {what}"
    first = f"Sáng {at:%d/%m}, {rng.choice(_WHO)} {place} {rng.choice(_DID)} {what} {rng.choice(_HOW)}."
    return title, [first, *(_sentence(rng, at) for _ in range(rng.randint(7, 28)))], at


def _sentence(rng: Random, at: datetime) -> str:
    link, who, did, what, how = (rng.choice(part) for part in (_LINK, _WHO, _DID, _WHAT, _HOW))
    kind = rng.randrange(7)
    if kind == 0:
        who = f"đồng chí {_name(rng)}, đại diện {who},"
    elif kind == 1:
        what = f"{rng.randint(2, 900)} {rng.choice(('hộ dân', 'đoàn viên', 'suất quà', 'học sinh', 'hồ sơ'))} và {what}"
    elif kind == 2:
        how = f"{how}, tổng kinh phí {rng.randint(5, 990)} triệu đồng"
    elif kind == 3:
        what = f"{what} theo Kế hoạch số {rng.randint(2, 400)}/KH-UBND ngày {_day(rng, at)}"
    text = f"{link} {who} {did} {what} {how}.".strip()
    return text[0].upper() + text[1:]


def _edited(rng: Random, sentences: list[str]) -> list[str]:
    """As another portal prints it: something cut, at the end or within; an introduction or a closing line of its own."""
    text = list(sentences)
    for _ in range(rng.randint(0, max(1, len(text) // 12))):
        del text[len(text) - 1 if rng.random() < 0.5 else rng.randrange(1, len(text))]
    if rng.random() < 0.35:
        text.insert(0, f"Trang thông tin phường {_place(rng)} xin giới thiệu bài viết của phường bạn đến bạn đọc.")
    if rng.random() < 0.25:
        text.append(f"Theo Cổng thông tin điện tử phường {_place(rng)}.")
    if rng.random() < 0.03:
        at = rng.randrange(len(text))
        text[at] = text[at].replace(" 1", " 7", 1)  # a figure was corrected
    if rng.random() < 0.15:
        at = rng.randrange(len(text))
        text[at] = text[at].replace("Đến nay", "Tới nay").replace("triệu đồng", "triệu VNĐ").replace("đồng chí", "ông")
    return text


def _printed(rng: Random, sentences: list[str], portal: int, at: datetime) -> tuple[str, ...]:
    """A portal's own way: paragraphs as it cuts them, a caption in the text, a byline, its standing line."""
    paragraphs, rest = [], list(sentences)
    while rest:
        size = rng.randint(1, 4)
        paragraphs.append(" ".join(rest[:size]))
        rest = rest[size:]
    if rng.random() < 0.3:
        paragraphs.insert(
            1, f"{rng.choice(('Ảnh:', 'Quang cảnh', 'Toàn cảnh'))} {rng.choice(_WHAT)} {rng.choice(_HOW)}"
        )
    if rng.random() < 0.3:
        paragraphs.append(f"Tin, ảnh: {_name(rng)}")
    own = Random(portal)
    if own.random() < 0.5:
        hotline = f"0{own.randint(200, 299)}.{own.randint(3000000, 3999999)}"
        paragraphs.append(
            f"Mọi phản ánh xin gửi về UBND phường {_place(own)}, điện thoại {hotline}, để được giải đáp kịp thời."
        )
    return tuple(paragraphs)


# --- what only looks alike ------------------------------------------------------------------------------------------


def _forms(rng: Random, story: int, portals: int) -> list[Told]:
    """Notices of one form, each its own story: of one portal week after week, or of many portals once."""
    kind = rng.choice((_schedule, _vaccination, _power_cut, _reception, _congratulation, _budget, _recruits))
    style, weekly = Random(rng.random()), rng.random() < 0.6
    count = rng.randint(2, 8)
    chosen = _different(rng, portals, 1) * count if weekly else _different(rng, portals, count)
    at = START + timedelta(days=rng.randrange(400), hours=rng.randrange(10))
    seed = style.random()
    own = [
        _sentence(style, at) for _ in range(0 if rng.random() < 0.1 else 4)
    ]  # one form in ten is the whole country's
    found = []
    for number, portal in enumerate(chosen):
        when = at + timedelta(days=7 * number if weekly else number)
        title, paragraphs = kind(Random(seed), rng, when, _place(Random(portal)))
        found.append(Told(portal, story + number, when, title, (*paragraphs, *own)))
    return found


def _schedule(form: Random, rng: Random, at: datetime, place: str) -> tuple[str, list[str]]:
    week = at.isocalendar().week
    tasks = [f"{form.choice(_WHO)} {form.choice(_DID)} {form.choice(_WHAT)}" for _ in range(10)]
    rows = [f"Lịch công tác tuần {week} của Thường trực Đảng ủy và lãnh đạo UBND phường {place}."]
    for day in range(5):
        date = at + timedelta(days=day)
        for hour in (8, 14):
            task = (
                tasks[day * 2 + hour // 14]
                if rng.random() < 0.8
                else f"{rng.choice(_WHO)} {rng.choice(_DID)} {rng.choice(_WHAT)}"
            )
            rows.append(f"Thứ {day + 2}, {date:%d/%m/%Y} | {hour}h{rng.choice(('00', '30'))} | {task} | {_name(form)}")
    return f"Lịch công tác tuần {week} năm {at.year}", rows


def _vaccination(form: Random, rng: Random, at: datetime, place: str) -> tuple[str, list[str]]:
    return "Thông báo lịch tiêm chủng mở rộng", [
        f"Trạm Y tế phường {place} thông báo lịch tiêm chủng mở rộng cho trẻ em dưới 5 tuổi trên địa bàn phường.",
        f"Thời gian: từ 7h30 đến 11h00 ngày {at:%d/%m/%Y}, dự kiến {rng.randint(30, 190)} cháu.",
        "Địa điểm tại Trạm Y tế phường, đề nghị các gia đình mang theo sổ tiêm chủng của trẻ và tuân thủ hướng dẫn của nhân viên y tế.",
        "Sau khi tiêm, trẻ cần được theo dõi ít nhất ba mươi phút tại trạm và tiếp tục theo dõi tại nhà trong hai ngày tiếp theo.",
        f"Các trường hợp hoãn tiêm sẽ được bố trí vào đợt sau, {form.choice(_HOW)}.",
        "Rất mong các bậc phụ huynh quan tâm, sắp xếp thời gian đưa trẻ đến đúng lịch để bảo vệ sức khỏe cho con em mình.",
    ]


def _power_cut(form: Random, rng: Random, at: datetime, place: str) -> tuple[str, list[str]]:
    return "Thông báo tạm ngừng cung cấp điện", [
        f"Điện lực thông báo lịch tạm ngừng cung cấp điện để sửa chữa lưới điện trên địa bàn phường {place} như sau.",
        f"Thời gian từ 0{rng.randint(5, 8)}h00 đến 1{rng.randint(1, 7)}h00 ngày {at.day} tháng {at.month} năm {at.year}.",
        f"Khu vực tạm ngừng cung cấp điện gồm tổ dân phố số {rng.randint(1, 30)} và một phần tổ dân phố số {rng.randint(31, 60)}.",
        "Đề nghị khách hàng sử dụng điện chủ động kế hoạch sản xuất, kinh doanh và sinh hoạt trong thời gian trên.",
        "Khi công việc kết thúc trước thời hạn, đơn vị sẽ đóng điện trở lại mà không báo trước nên đề nghị coi như luôn có điện.",
        f"Rất mong quý khách hàng thông cảm, {form.choice(_HOW)}, mọi chi tiết xin liên hệ tổng đài chăm sóc khách hàng.",
    ]


def _reception(form: Random, rng: Random, at: datetime, place: str) -> tuple[str, list[str]]:
    return f"Thông báo lịch tiếp công dân tháng {at.month}/{at.year}", [
        f"Căn cứ Luật Tiếp công dân năm 2013 và Nghị định số 64/2014/NĐ-CP của Chính phủ, UBND phường {place} thông báo lịch tiếp công dân.",
        f"Chủ tịch UBND phường tiếp công dân vào các ngày {at:%d/%m/%Y} và {at + timedelta(days=3):%d/%m/%Y}, do đồng chí {_name(form)} chủ trì.",
        "Buổi sáng từ 7h30 đến 11h30, buổi chiều từ 13h30 đến 17h00 tại trụ sở tiếp công dân của phường.",
        "Công dân đến khiếu nại, tố cáo, kiến nghị, phản ánh mang theo giấy tờ tùy thân và chấp hành nội quy tiếp công dân.",
        f"Thông báo số {rng.randint(10, 400)}/TB-UBND được niêm yết tại trụ sở và đăng tải trên trang thông tin điện tử.",
    ]


def _congratulation(form: Random, rng: Random, at: datetime, place: str) -> tuple[str, list[str]]:
    return f"Thư chúc mừng của Chủ tịch UBND phường {place}", [
        f"Nhân dịp kỷ niệm {form.choice(('Ngày Nhà giáo Việt Nam', 'Ngày Thầy thuốc Việt Nam', 'Ngày Báo chí cách mạng'))}, thay mặt lãnh đạo phường {place}, tôi gửi lời chúc mừng tốt đẹp nhất.",
        "Trong những năm qua, đội ngũ cán bộ và người lao động đã không ngừng phấn đấu, vượt qua khó khăn, hoàn thành xuất sắc nhiệm vụ được giao.",
        "Những đóng góp to lớn ấy đã góp phần quan trọng vào sự nghiệp phát triển kinh tế, văn hóa, xã hội của địa phương.",
        f"Năm {at.year}, {form.choice(_HOW)}, chúng ta tiếp tục phát huy truyền thống tốt đẹp để đạt nhiều thành tích hơn nữa.",
        f"Kính chúc quý vị cùng gia đình mạnh khỏe, hạnh phúc và thành công. Chủ tịch {_name(rng)}",
    ]


def _budget(form: Random, rng: Random, at: datetime, place: str) -> tuple[str, list[str]]:
    rows = [
        f"{form.choice(_WHAT)} | {rng.randint(10, 900)}.{rng.randint(100, 999)}.000 | {rng.randint(20, 99)}%"
        for _ in range(6)
    ]
    return f"Công khai tình hình thực hiện dự toán quý {at.month // 4 + 1} năm {at.year}", [
        f"Căn cứ Thông tư số 343/2016/TT-BTC của Bộ Tài chính, UBND phường {place} công khai số liệu thực hiện dự toán ngân sách.",
        f"Tổng thu ngân sách đạt {rng.randint(2, 90)} tỷ {rng.randint(10, 990)} triệu đồng, bằng {rng.randint(20, 110)}% dự toán được giao.",
        *rows,
        "Số liệu được niêm yết công khai tại trụ sở làm việc trong thời hạn ba mươi ngày kể từ ngày ký thông báo này.",
    ]


def _recruits(form: Random, rng: Random, at: datetime, place: str) -> tuple[str, list[str]]:
    return f"Thông báo tuyển chọn công dân nhập ngũ năm {at.year + 1}", [
        "Căn cứ Luật Nghĩa vụ quân sự năm 2015, Hội đồng Nghĩa vụ quân sự phường thông báo việc tuyển chọn và gọi công dân nhập ngũ.",
        "Tiêu chuẩn gồm lý lịch rõ ràng, chấp hành nghiêm đường lối của Đảng, chính sách, pháp luật của Nhà nước, đủ sức khỏe theo quy định.",
        "Độ tuổi gọi nhập ngũ từ đủ 18 tuổi đến hết 25 tuổi, công dân được đào tạo trình độ cao đẳng, đại học thì đến hết 27 tuổi.",
        f"Thời gian khám sơ tuyển tại phường {place} vào ngày {at:%d/%m/%Y}, chỉ tiêu giao quân là {rng.randint(5, 40)} công dân.",
        "Công dân thuộc diện tạm hoãn, miễn gọi nhập ngũ nộp hồ sơ chứng minh về Ban Chỉ huy quân sự trước ngày khám.",
        f"Đề nghị các tổ dân phố tuyên truyền sâu rộng đến từng gia đình, {form.choice(_HOW)}.",
    ]


def _name(rng: Random) -> str:
    return f"{rng.choice(_FAMILY)} {rng.choice(_MIDDLE)} {rng.choice(_GIVEN)}"


def _place(rng: Random) -> str:
    return f"{rng.choice(_PLACE_A)} {rng.choice(_PLACE_B)}"


def _day(rng: Random, at: datetime) -> str:
    return f"{at - timedelta(days=rng.randrange(200)):%d/%m/%Y}"
