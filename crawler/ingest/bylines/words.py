"""The words and forms of bylines: labels, offices, captions, document signatures. Patterns only."""

from __future__ import annotations

import re

# Longest forms first. A strong label may stand before any short value; a weak one is also a common word and needs names.
STRONG = (
    r"tác\s*giả(?:\s+bài\s+viết)?|người\s+viết(?:\s+(?:tin|bài))?|(?:tin|bài)(?:\s*+(?:(?:,|-|–|&|và|\+|/)\s*+)?(?:bài|viết|ảnh|video|clip))+"
    r"|t\s*/\s*h|(?:ảnh|video|clip)\s*(?:,|-|–|&|và)\s*(?:tin|bài)|cộng\s+tác\s+viên|phóng\s+viên|nhóm\s+(?:phóng\s+viên|tác\s+giả)|viết\s+bài|đưa\s+tin|người\s+đưa\s+tin|author"
)
WEAK = r"tin|bài|bt|thực\s+hiện|biên\s+tập|tổng\s+hợp|ctv|pv|btv|by|(?:được\s+)?đăng\s+bởi|người\s+đăng|posted\s+by"
CREDIT = (
    r"(?:nguồn\s+)?ảnh(?:\s*(?:,|-|và)?\s*(?:chụp|video|clip|tư\s+liệu))?|photos?|video|clip|đồ\s+họa|nhiếp\s+ảnh|chụp\s+ảnh"
    r"|trình\s+bày"
)
SOURCE = r"(?:trích\s+)?nguồn(?:\s+(?:tin|bài))?|theo|source"
LABEL = re.compile(
    rf"(?:^|(?<=[\s,;|.(\-–—]))(?:(?P<strong>{STRONG})|(?P<credit>{CREDIT})|(?P<source>{SOURCE})|(?P<weak>{WEAK}))\s*[:：]\s*",
    re.IGNORECASE,
)
BARE_LABEL = re.compile(
    rf"^[(\[]?\s*(?:(?P<strong>{STRONG}|(?:(?:được\s+)?(?:đăng|viết|gửi)\s+)?bởi|(?:posted\s+|written\s+)?by)|(?P<credit>photos?)"
    r"|(?P<source>theo))\s+(?=\w)",
    re.IGNORECASE,
)
LABEL_ALONE = re.compile(rf"^(?:{STRONG}|{CREDIT}|{SOURCE}|{WEAK})\s*[:：]?$", re.IGNORECASE)
CAPTION = re.compile(
    r"^(?:hình\s+ảnh|toàn\s+cảnh|quang\s+cảnh|khung\s+cảnh|một\s+số\s+hình|các\s+đại\s+biểu|đ/c|đ\.c)(?!\w)",
    re.IGNORECASE,
)
NOTICE = re.compile(
    r"^[\s®©(*)\-“\"]*(?:(?:đề\s+nghị|vui\s+lòng|yêu\s+cầu|phải|xin)\s+)?ghi\s+rõ\s+nguồn|^[\s®©(*)\-]*không\s+sao\s+chép",
    re.IGNORECASE,
)
REISSUED = re.compile(r"khi\s+(?:bạn\s+)?phát\s+hành\s+lại\s+thông\s+tin", re.IGNORECASE)
"""A notice as well, wherever on its line."""
# Offices sign their own news. The words are those that open an office's name, not any word that can open a caption.
OFFICE = re.compile(
    r"^(?:BBT|ban\s+biên\s+tập|ban\s+(?:VH|văn\s+h|tuyên\s+giáo|chỉ\s+huy|công\s+tác|quản\s+trị|dân\s+vận|quản\s+lý)\S*|U[BỶ]\S*|ủy\s+ban|uỷ\s+ban"
    r"|HĐND|phòng\s+(?:VH|văn\s+h|nội\s+vụ|TN|tư\s+pháp|kinh\s+tế|y\s+tế|giáo\s+dục)\S*|sở\s+\S+|đài\s+\S+|trung\s+tâm\s+\S+|TT\s?VH\S*"
    r"|hội\s+(?:LHPN|ND|CCB|nông\s+dân|cựu|phụ\s+nữ|chữ\s+thập|người\s+cao|khuyến\s+học|liên\s+hiệp)|đoàn\s+(?:TN|thanh\s+niên|phường|xã)"
    r"|huyện\s+đoàn|công\s+an(?:\s+(?:phường|xã|thị\s+trấn))?|CAP|trạm\s+y\s+tế|trường\s+(?:TH|THCS|MN|tiểu|mầm|trung)\S*|văn\s+phòng|VP"
    r"|phường|xã|thị\s+trấn|mặt\s+trận|MTTQ\S*|đảng\s+(?:ủy|uỷ)|liên\s+đoàn|LĐLĐ|VHXH|VHTT|VH-XH|CCVH|công\s+chức|bộ\s+phận|thư\s+viện(?!\s+(?:ảnh|hình|video|clip|media|tài\s+liệu|văn\s+bản|số|điện\s+tử))"
    r"|báo|cổng|TTXVN|tổ\s+(?:tuyên|công\s+nghệ|thông\s+tin)|quản\s+trị|đội)(?!\w)",
    re.IGNORECASE,
)
EDITORS = re.compile(r"^(?:BBT|ban\s+biên\s+tập)(?!\w)", re.IGNORECASE)
PLACE_HEAD = re.compile(r"^(?:phường|xã|thị\s+trấn)\s", re.IGNORECASE)
DOCUMENT = re.compile(
    r"^(?:TM|T/M|KT|K/T|TL|T/L|TUQ)(?:\.\s?|\s)(?=[A-ZĐỦỤ])"
    r"|^(?:Nơi nhận|NƠI NHẬN)\s*:|^L(?:ưu|ƯU)\s*:|^[-–]?\s*Như (?:trên|[Đđ]iều)"
    r"|^(?:PHÓ )?(?:CHỦ TỊCH|BÍ THƯ|TRƯỞNG \w+|GIÁM ĐỐC|CHÁNH VĂN PHÒNG)(?: \w+){0,3}$|^Ký tên,? đóng dấu"
)
DOCUMENT_SIGNED = re.compile(r"\((?:[Đđ]ã )?[Kk]ý\b")
ADMIN = re.compile(
    r"^(?:admin\w*|administrator|quản\s+trị(?:\s+viên)?|super\s*user|root|editor|biên\s+tập\s+viên)$", re.IGNORECASE
)
# Capitalised words that end many a text and are nobody's name.
NO_NAME = re.compile(
    r"^(?:trân\s+trọng|kính\s+(?:báo|mời|chào|gửi|chúc)|(?:ghi|chú)\s+(?:chú|thích)|kết\s+luận|liên\s+hệ|xin\s+(?:chào|cảm\s+ơn)|lời\s+kết"
    r"|sưu\s+tầm|tổng\s+hợp|internet|việt\s+nam|hà\s+nội|trang\s+chủ|đính\s+kèm|phụ\s+lục|thông\s+báo|toàn\s+văn|không(?:\s+có)?|chưa\s+có)\W*$"
    r"|^(?:xem|tải|lễ|hội|các|những|một|ngày|khu|tổ|thôn|ấp|khóm|quận|huyện|tỉnh|thành\s+phố|thị\s+xã|chương|điều|phần|mục|trang|tin|bài"
    r"|hết|đại\s+hội|công\s+ty|số|ảnh|hình)(?!\w)",
    re.IGNORECASE,
)
ABBREVIATION = re.compile(
    r"^(?:UBND|HĐND|MTTQ|UBMTTQ\w*|BCH|TDP|ĐVTN|KT-XH|PCCC|CCHC|QP-?AN|PDF|DOCX?|JPG|PNG|XEM|END|HẾT|CT|PCT)$"
)
# What somebody is stands before the name, not in it.
RANK = re.compile(r"^(?:PV|CTV|BTV|NB|ThS|TS|CN|KS|BS)\.?(?:\s+|\s*[-–]\s*)(?=[^\W\d_]\S*\s)", re.IGNORECASE)
# The head of a document, whose parts read like names.
MOTTO = re.compile(r"^\W*(?:cộng\s+(?:hòa|hoà)\s+xã\s+hội|độc\s+lập\s*[-–—.,]\s*tự\s+do)", re.IGNORECASE)
SEPARATOR = re.compile(r"\s*(?:[,;–—&+/]|\s-|-\s|\bvà\b)\s*")
HYPHENED = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
BRACKET = re.compile(r"\s*\(([^()]*)\)?\s*$")
SOURCE_ADDRESS = re.compile(r"^nguồn\s+([^:]{2,40}\s*:\s*https?://\S+)$", re.IGNORECASE)
SITE = re.compile(r"^[\w\-]+(?:\.[\w\-]+)+\W*$")
DOTTED_END = re.compile(r"\.[^\W\d_]\.$")
INITIALS = re.compile(r"^(?:[^\W\d_]{1,4}\.){1,3}\s?[^\W\d_]{0,8}\.?$")

PLACE_AND_DAY = re.compile(r"^[^\d|:]{2,40},\s*ngày\s*\d", re.IGNORECASE)  # the head of a document

# Lines that say how to reach somebody: never a signature, and none stands in front of them in vain.
CONTACT = re.compile(r"(?<!\w)(?:điện\s+thoại|đt|fax|hotline|e-?mail|địa\s+chỉ|website)\s*:", re.IGNORECASE)
PHONE = re.compile(r"0\d{1,3}\)?[.\s\-]?\d{3,4}[.\s\-]?\d{3,4}")
MAIL = re.compile(r"\S@\S+\.\w")
