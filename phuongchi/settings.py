"""Every setting of `phuongchi.toml`, in one table: name, default, what it means.

`phuongchi config` prints it, `docs/reference.md` is tested against it, `phuongchi.config` reads by it. A setting that is not
here does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from phuongchi.addresses import check_call, check_listen, check_mails
from phuongchi.databases import check_database
from phuongchi.deadlines import DUE_DAYS, check_due_days
from phuongchi.times import check_retention, parse_cron, parse_quiet, parse_times, parse_window


def check_platforms(text: str) -> tuple[str, ...]:
    """The names of platforms in a text. Raises ValueError for one that is not known."""
    from crawler import platforms

    names = tuple(text.replace(",", " ").split())
    for name in names:
        if platforms.find(name) is None:
            raise ValueError(f"{name!r} is not a platform; see crawler/platforms")
    return names


def check_web_address(text: str) -> str:
    """`text` itself, empty or the address of a server. Raises ValueError saying what is wrong with it."""
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise ValueError("must be an http(s) address without a query, as in https://kho.example.vn")
    return text


def check_remote(text: str) -> str:
    """`text` itself, empty, a folder or a URL of storage. Raises ValueError for one that holds a password or a query."""
    if "://" in text:
        parts = urlsplit(text)
        if parts.username or parts.password or parts.query or parts.fragment or not (parts.netloc or parts.path):
            raise ValueError("must be like s3://bucket/prefix; keys stand in the environment or in warc.remote_file")
    return text


Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `name` is dotted below its table (`fetch.delay`); its type is that of `default`.

    `least` bounds numbers, `choices` texts; `check` raises ValueError for a text that cannot be understood. Of a `secret`
    address only the server is shown.
    """

    name: str
    default: Value
    meaning: str
    nghia: str
    least: float | None = None
    choices: tuple[str, ...] = ()
    check: Callable[[str], object] | None = None
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("operator", "", "Who runs this archive: sent in the User-Agent; needed before the first request",
            "Đơn vị vận hành, gửi kèm trong User-Agent; phải có trước yêu cầu đầu tiên"),
    Setting("contact", "", "Mail address or web page where a portal's owner finds the operator; needed likewise",
            "Thư điện tử hoặc trang liên hệ để chủ nguồn tin liên lạc; cũng phải có"),
    Setting("database", "phuongchi.db", "SQLite file (relative to this folder) or a postgresql:// address",
            "Tệp SQLite (tính từ thư mục này) hoặc địa chỉ postgresql://", check=check_database),
    Setting("runner", "local", "Where crawl batches run: `local` on this machine, `queue` on all that run `phuongchi worker`",
            "Nơi chạy các đợt thu thập: `local` máy này, `queue` mọi máy chạy `phuongchi worker`", choices=("local", "queue")),
    Setting("night", "22:00-05:30", "Hours (Vietnamese time) in which `--due` and `schedule` may crawl",
            "Khung giờ (giờ Việt Nam) được phép thu thập theo lịch", check=parse_window),
    Setting("schedule", "22:30", "When the nightly run begins: HH:MM or five cron fields, Vietnamese time",
            "Giờ bắt đầu phiên hằng đêm: HH:MM hoặc năm trường cron, giờ Việt Nam", check=parse_cron),
    Setting("jitter", 0, "Seconds by which a planned start is late at most, another part of them each time",
            "Số giây trễ tối đa (ngẫu nhiên) so với giờ bắt đầu đã định", least=0),
    Setting("min_free", 200, "MiB that must stay free on the disk of the archive; below that a run stops (exit 6)",
            "Số MiB phải còn trống trên đĩa; ít hơn thì dừng (mã 6)", least=0),
    Setting("fetch.delay", 2.5, "Seconds between two requests to one server; jitter only adds; below 1 only for loopback",
            "Số giây giữa hai yêu cầu tới một máy chủ; dưới 1 chỉ dùng cho máy cục bộ", least=0),
    Setting("fetch.per_server", 1, "Requests at a time to one server", "Số yêu cầu đồng thời tới một máy chủ", least=1),
    Setting("fetch.active", 16, "Portals that one crawl process asks at a time",
            "Số nguồn mỗi tiến trình hỏi cùng lúc", least=1),
    Setting("fetch.batch", 128, "Portals that one crawl process visits", "Số nguồn trong một đợt thu thập", least=1),
    Setting("fetch.processes", 0, "Crawl processes at a time, never two for one server; 0: one for two processor cores",
            "Số tiến trình thu thập cùng lúc; 0: mỗi hai lõi một tiến trình", least=0),
    Setting("fetch.silence", 120, "Seconds without a sign of life after which a crawl process is killed",
            "Số giây im lặng trước khi dừng hẳn một tiến trình thu thập", least=30),
    Setting("fetch.timeout", 60, "Seconds that one page may take", "Số giây tối đa cho một trang", least=1),
    Setting("fetch.connect", 10, "Seconds until a server must have taken the connection",
            "Số giây chờ máy chủ nhận kết nối", least=1),
    Setting("fetch.first_byte", 20, "Seconds until a server must have begun its answer",
            "Số giây chờ máy chủ bắt đầu trả lời", least=1),
    Setting("fetch.idle", 15, "Seconds that a server may fall silent amid its answer",
            "Số giây máy chủ được im lặng giữa chừng", least=1),
    Setting("fetch.quiet", "", "Hours (Vietnamese time) without requests, as in `02:00-04:00`; portals may have their own",
            "Khung giờ không hỏi máy chủ nào (giờ Việt Nam), như `02:00-04:00`", check=parse_quiet),
    Setting("fetch.max_pages", 2000, "Pages of one portal in one run; the rest follows in the next",
            "Số trang tối đa của một nguồn trong một phiên; phần còn lại để phiên sau", least=1),
    Setting("fetch.max_body", 16, "MiB of one page, decoded", "Số MiB tối đa của một trang", least=1),
    Setting("fetch.max_attachment", 50, "MiB of one attachment", "Số MiB tối đa của một tệp đính kèm", least=1),
    Setting("fetch.attachments", "documents", "Attachments to keep: `documents` (pdf doc docx xls xlsx zip) or `none`",
            "Tệp đính kèm cần giữ: `documents` hoặc `none`", choices=("documents", "none")),
    Setting("fetch.images", "none", "Images to keep; `none`, so far the only choice, keeps address, caption and alt text",
            "Ảnh cần giữ; `none`, hiện là lựa chọn duy nhất, chỉ giữ địa chỉ và chú thích", choices=("none",)),
    Setting("fetch.stopped_platforms", "", "Platforms that are not asked for now, as in `vnpt nukeviet`; their portals wait",
            "Các nền tảng tạm ngừng thu thập, cách nhau bằng dấu cách", check=check_platforms),
    Setting("fetch.browser", "off", "`auto`: pages that show nothing without scripts are drawn by a Chromium (extra `browser`)",
            "`auto`: dùng Chromium dựng những trang chỉ hiện khi chạy mã lệnh", choices=("off", "auto")),
    Setting("fetch.chromium", "", "Path of that Chromium; empty: the one of the system",
            "Đường dẫn tới Chromium đó; để trống: bản của hệ thống"),
    Setting("verify.at", "06:00", "When `schedule` runs `verify`, a thirtieth of all bytes a day; empty: never",
            "Giờ `schedule` kiểm tra toàn vẹn mỗi ngày; để trống: không", check=parse_times),
    Setting("backup.to", "", "Folder that `schedule` backs the archive up to; empty: it does not",
            "Thư mục mà `schedule` sao lưu vào; để trống: không sao lưu"),
    Setting("backup.at", "12:30", "When it does", "Giờ sao lưu", check=parse_cron),
    Setting("warc.watch_retention_days", 0, "Days after which files of lists and rechecks go (`expire`), 60 at least; 0: never",
            "Số ngày giữ tệp danh sách và lần kiểm tra lại (lệnh `expire`), ít nhất 60; 0: giữ mãi", least=0,
            check=check_retention),
    Setting("warc.remote", "", "Where finished WARC files go: a shared folder, or a URL as in s3://bucket/prefix (extra `s3`)",
            "Nơi chuyển các tệp WARC đã xong: thư mục dùng chung hoặc s3://…; để trống: giữ tại chỗ", check=check_remote),
    Setting("warc.remote_file", "", "File (relative to this folder) of `AWS_…=` lines for it; empty: the environment's",
            "Tệp chứa các dòng `AWS_…=`; để trống: lấy từ biến môi trường"),
    Setting("requests.due_days", DUE_DAYS, "Days in which requests about personal data are dealt with, by kind (`requests`)",
            "Số ngày xử lý từng loại yêu cầu về dữ liệu cá nhân", check=check_due_days),
    Setting("requests.keep_contact_days", 90, "Days after closing a request in which its contact and subject are kept",
            "Số ngày giữ thông tin liên hệ sau khi xong một yêu cầu", least=0),
    Setting("read.processes", 0, "Reading processes beside the crawl; 0: one per processor core",
            "Số tiến trình đọc; 0: mỗi lõi một tiến trình", least=0),
    Setting("read.cpu", 20, "Processor seconds that reading one capture may take", "Số giây CPU để đọc một bản chụp", least=1),
    Setting("read.wall", 60, "Seconds that reading one capture may take", "Số giây để đọc một bản chụp", least=1),
    Setting("read.memory", 768, "MiB of memory that a reading process may take", "Số MiB bộ nhớ của tiến trình đọc",
            least=128),
    Setting("serve.url", "", "Public address of `serve` behind a proxy, as in https://kho.example.vn; links carry it",
            "Địa chỉ công khai của `serve` sau máy chủ trung gian", check=check_web_address),
    Setting("serve.cors", False, "Whether scripts of other web sites may read the API",
            "Cho phép trang khác đọc API bằng mã lệnh"),
    Setting("serve.seconds", 2.0, "Seconds that the database may take for one question of a visitor",
            "Số giây tối đa cho một câu hỏi của người xem", least=0.1),
    Setting("serve.concurrent", 8, "Requests that `serve` works on at a time; more wait a while, then are told to come again",
            "Số yêu cầu được xử lý cùng lúc; nhiều hơn phải chờ", least=1),
    Setting("serve.public_view", "mask", "Whether pages hide what is marked as personal data (`mask`) or not (`full`)",
            "Trang xem che dữ liệu cá nhân (`mask`) hay không (`full`)", choices=("mask", "full")),
    Setting("serve.public_api", "auto", "Whether the API hides it, too (`mask`: also bytes of captures) or not (`full`); "
            "`auto`: not while only this machine can ask, else as the pages",
            "API có che dữ liệu cá nhân (`mask`, cũng không cho tải bản chụp) hay không (`full`); "
            "`auto`: không che khi chỉ máy này hỏi được, ngoài ra như trang xem", choices=("auto", "mask", "full")),
    Setting("serve.public_index", False, "Whether search engines are let in", "Cho phép máy tìm kiếm lập chỉ mục"),
    Setting("serve.operators_view", False, "Whether the operators' page /van-hanh is shown to others than this machine; "
            "without it to nobody where `serve.url` is set",
            "Cho máy khác xem trang vận hành /van-hanh; nếu không, khi có `serve.url` thì không ai xem được"),
    Setting("notify.when", "trouble", "Whether mail and webhook tell of `always` every night or only of `trouble`",
            "Gửi thông báo mỗi đêm (`always`) hay chỉ khi có vấn đề (`trouble`)", choices=("trouble", "always")),
    Setting("notify.to", "", "Mail addresses that get the report, with commas between them; empty: no mail",
            "Địa chỉ thư nhận báo cáo, cách nhau bằng dấu phẩy; để trống: không gửi thư", check=check_mails),
    Setting("notify.sender", "", "Mail address that it comes from; empty: the first of `notify.to`",
            "Địa chỉ thư gửi đi; để trống: địa chỉ đầu tiên của `notify.to`", check=check_mails),
    Setting("notify.smtp_host", "localhost", "Mail server that takes it", "Máy chủ gửi thư"),
    Setting("notify.smtp_port", 0, "Its port; 0: 587 for starttls, 465 for tls, 25 for none",
            "Cổng của máy chủ thư; 0: cổng thông dụng", least=0),
    Setting("notify.smtp_security", "starttls", "How it is spoken to: `starttls`, `tls` or `none`; certificates are verified",
            "Cách mã hóa khi gửi thư; chứng thư số luôn được kiểm tra", choices=("starttls", "tls", "none")),
    Setting("notify.smtp_ca", "", "File with the authority that certifies a mail server of your own; empty: the system's",
            "Tệp chứng thư gốc của máy chủ thư nội bộ; để trống: của hệ thống"),
    Setting("notify.smtp_user", "", "Account at the mail server; its password comes from PHUONGCHI_SMTP_PASSWORD or a file",
            "Tài khoản ở máy chủ thư; mật khẩu lấy từ PHUONGCHI_SMTP_PASSWORD hoặc tệp"),
    Setting("notify.smtp_password_file", "", "File that holds nothing but that password", "Tệp chỉ chứa mật khẩu đó"),
    Setting("notify.webhook", "", "Address that gets the night in numbers as JSON by POST; empty: none",
            "Địa chỉ nhận kết quả đêm dạng JSON (POST); để trống: không gửi", check=check_call, secret=True),
    Setting("notify.webhook_secret_file", "", "File with the key that signs it; empty: PHUONGCHI_WEBHOOK_SECRET, or none",
            "Tệp chứa khóa ký, hoặc PHUONGCHI_WEBHOOK_SECRET; để trống: không ký"),
    Setting("notify.heartbeat_url", "", "Called when a night ends; with /start or /fail behind it when it begins or fails",
            "Địa chỉ được gọi khi đêm bắt đầu (/start), xong, hoặc hỏng (/fail)", check=check_call, secret=True),
    Setting("notify.timeout", 20.0, "Seconds that one message may take", "Số giây tối đa để gửi một thông báo", least=1),
    Setting("monitor.listen", "", "Where `schedule` answers /health and /metrics, as in 127.0.0.1:8002; empty: nowhere",
            "Nơi `schedule` trả lời /health và /metrics; để trống: không mở", check=check_listen),
    Setting("monitor.clock_url", "", "Address whose HTTP Date `doctor` may compare the clock with; empty: it does not",
            "Địa chỉ để `doctor` so giờ của máy; để trống: không so", check=check_call),
    Setting("log.format", "text", "How `schedule` and `crawl` write their log: `text` for people, `json` one object a line",
            "Dạng nhật ký: `text` cho người đọc, `json` mỗi dòng một đối tượng", choices=("text", "json")),
    Setting("log.file", "", "File (relative to this folder) that the log goes to beside stderr; empty: none",
            "Tệp nhật ký (tính từ thư mục này), ngoài stderr; để trống: không ghi"),
    Setting("log.level", "info", "From which level on", "Mức ghi nhật ký", choices=("debug", "info", "warning", "error")),
)  # fmt: skip

SECRETS = ("PHUONGCHI_SMTP_PASSWORD", "PHUONGCHI_WEBHOOK_SECRET")
"""Variables that hold passwords: no child inherits them, no log shows them."""

KEYS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GOOGLE_SERVICE_ACCOUNT_KEY", "AZURE_STORAGE_ACCOUNT_KEY")
"""Variables with keys to where WARC files stand: readers need them, no log shows them."""

ENVIRONMENT: tuple[tuple[str, str], ...] = (
    ("PHUONGCHI_ARCHIVE", "The archive's folder, when `-C` is not given"),
    (
        "PHUONGCHI_NOW",
        "ISO time at which a command starts (without a zone: Vietnamese time), for tests and simulated nights",
    ),
    ("PHUONGCHI_SMTP_PASSWORD", "Password of `notify.smtp_user`; wins over the file"),
    ("PHUONGCHI_WEBHOOK_SECRET", "Key that signs what the webhook gets; wins over the file"),
    ("NO_COLOR", "Any value: no colours"),
)
