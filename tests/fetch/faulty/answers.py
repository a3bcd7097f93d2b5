"""Misbehaviours in what an answer says: odd statuses, odd waits, odd kinds, and redirects to where nobody may go."""

from __future__ import annotations

from tests.fetch.faulty.fault import ARCHIVED, Fault, Pause, Step, answer, http, page

GOOD = page()


def status(code: str, expect: str, *headers: str, body: bytes = GOOD, name: str = "") -> Fault:
    """An answer with a status of its own."""
    return answer(name or f"ma-{code.split()[0]}", expect, http(body, *headers, status=code))


STATUS = (
    answer("ma-100-truoc", ARCHIVED, b"HTTP/1.1 100 Continue\r\n\r\n" + http(GOOD)),
    answer("ma-103-truoc", ARCHIVED, b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + http(GOOD)),
    answer("ma-101", "net.reset", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"),
    answer("ma-204", "http.odd", http(status="204 No Content", length=False)),
    *(status(code, "http.odd") for code in ("201 Created", "202 Accepted", "205 Reset", "226 IM Used", "299 Odd")),
    status("206 Partial Content", "http.odd", "Content-Range: bytes 0-99/10000"),
    answer("ma-304", "http.odd", http(status="304 Not Modified", length=False)),
    *(status(code, "http.odd") for code in ("300 Multiple Choices", "305 Use Proxy", "306 Unused", "399 Odd")),
    status("401 Unauthorized", "http.4xx", 'WWW-Authenticate: Basic realm="cong"'),
    *(status(code, "http.4xx") for code in ("400 Bad", "402 Pay", "403 Forbidden", "405 No", "406 No", "407 Proxy", "408 Slow",
                                            "418 Teapot", "421 Wrong", "451 Legal", "499 Odd")),
    *(status(code, "http.404") for code in ("404 Not Found", "410 Gone")),
    *(status(code, "http.5xx") for code in ("500 Oops", "501 No", "502 Bad", "504 Slow", "505 Version", "520 Unknown",
                                            "599 Odd", "600 Beyond", "999 Denied")),
    status("99 Low", "http.malformed"),
    status("2000 High", "http.malformed"),
)  # fmt: skip

WAITS = tuple(
    status(code, expect, f"Retry-After: {value}", name=f"cho-{code[:3]}-{number}")
    for number, (code, expect, value) in enumerate(
        [
            ("503 Busy", "http.5xx", "0"),
            ("503 Busy", "http.5xx", "soon"),
            ("503 Busy", "http.5xx", "-5"),
            ("503 Busy", "http.5xx", "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("503 Busy", "http.5xx", "Thu, 99 Foo 99999 99:99:99 GMT"),
            ("429 Many", "http.429", "0"),
            ("429 Many", "http.429", "1.5"),
            ("429 Many", "http.429", ""),
            ("429 Many", "http.429", "²³"),
            ("429 Many", "http.429", "0x10"),
            ("429 Many", "http.429", "1"),
        ]
    )
)

KINDS = (
    answer("khong-kieu", ARCHIVED, http(GOOD, kind="")),
    answer("kieu-hoa", ARCHIVED, http(GOOD, kind="TEXT/HTML;CHARSET=UTF-8")),
    answer("kieu-rac", "content.type", http(GOOD, kind="???")),
    answer("kieu-anh", "content.type", http(b"GIF89a", kind="image/gif")),
    answer("kieu-phim", "content.type", http(b"\0\0\0\x18ftyp", kind="video/mp4")),
    answer("kieu-css", "content.type", http(b"a{}", kind="text/css")),
    answer("hai-kieu", ARCHIVED, http(GOOD, "Content-Type: text/html; charset=utf-8")),
    answer("bang-ma-la", ARCHIVED, http(GOOD, kind="text/html; charset=klingon")),
    answer("bang-ma-rong", ARCHIVED, http(GOOD, kind="text/html; charset=")),
    answer("bang-ma-doi", ARCHIVED, http(GOOD.decode().encode("utf-16"), kind="text/html; charset=utf-8")),
    answer(
        "bang-ma-utf7", ARCHIVED, http(b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-", kind="text/html; charset=utf-7")
    ),
    answer("bang-ma-idna", ARCHIVED, http(GOOD, kind="text/html; charset=idna")),
    answer("bang-ma-base64", ARCHIVED, http(GOOD, kind="text/html; charset=base64")),
    answer("bang-ma-undefined", ARCHIVED, http(GOOD, kind="text/html; charset=undefined")),
    answer("bang-ma-dai", ARCHIVED, http(GOOD, kind="text/html; charset=" + "a" * 5000)),
    answer("rong-200", ARCHIVED, http(b"")),
)


def moved(name: str, to: str | bytes, expect: str = "redirect.offsite", code: str = "302 Found") -> Fault:
    """A redirect."""
    where = to.encode() if isinstance(to, str) else to
    return answer(f"di-{name}", expect, http(b"moved", b"Location: " + where, status=code))


SPELLED = {
    "ip": "127.0.0.1:@CANARYPORT@",
    "so": "2130706433:@CANARYPORT@",
    "hex": "0x7f000001:@CANARYPORT@",
    "hex-cham": "0x7f.0x0.0x0.0x1:@CANARYPORT@",
    "bat-phan": "0177.0.0.1:@CANARYPORT@",
    "ngan": "127.1:@CANARYPORT@",
    "khong": "0:@CANARYPORT@",
    "v6": "[::1]:@CANARYPORT@",
    "v4-trong-v6": "[::ffff:127.0.0.1]:@CANARYPORT@",
    "nat64": "[64:ff9b::7f00:1]:@CANARYPORT@",
    "v6-vung": "[fe80::1%25lo]:@CANARYPORT@",
    "cham-la": "127。0。0。1:@CANARYPORT@",
    "so-tron": "①②⑦.⓪.⓪.①:@CANARYPORT@",
    "ma-phan-tram": "%31%32%37.0.0.1:@CANARYPORT@",
    "ten": "localhost:@CANARYPORT@",
    "ten-cham": "LOCALHOST.:@CANARYPORT@",
    "kem-ten": "@HERE@@127.0.0.1:@CANARYPORT@",
    "sieu-du-lieu": "169.254.169.254",
    "rieng": "10.0.0.1",
}
"""A loopback, private or link-local host and port in many spellings."""

REDIRECTS = (
    *(moved(name, f"http://{place}/khong-duoc/") for name, place in SPELLED.items()),
    moved("khong-giao-thuc", "//@CANARY@/"),
    moved("ra-ngoai", "http://phuong.example.invalid/"),
    moved("gach-cheo", "http://@HERE@\\@@CANARY@/khong-duoc/", ARCHIVED),
    moved("tep", "file:///etc/passwd"),
    moved("du-lieu", "data:text/html,<h1>x</h1>"),
    moved("script", "javascript:alert(1)"),
    moved("gopher", "gopher://@CANARY@/_GET"),
    moved("ftp", "ftp://@CANARY@/a"),
    moved("mat-khau", "http://user:secret@@HERE@/tin-tuc/tot-1.html"),
    moved("dai", "http://@HERE@/" + "a" * 3000),
    moved("dia-chi-hong", "http://[::1", "http.odd"),
    moved("cong-hong", "http://@HERE@0000/", "http.odd"),
    moved("trong", "", "http.odd"),
    moved("vong", "/tin-tuc/di-vong.html", "redirect.limit"),
    answer("di-khong-dau", "http.odd", http(b"moved", status="301 Moved")),
    moved("bing", "/tin-tuc/bong.html", ARCHIVED),
    moved("mot-buoc", "/tin-tuc/tot-2.html#x", ARCHIVED, "301 Moved"),
    moved("308", "/tin-tuc/tot-3.html", ARCHIVED, "308 Permanent"),
    moved("xuong-dong", b"/tin-tuc/tot-4.html\rX-Fake: 1", ARCHIVED),
)

FAULTS: tuple[Fault, ...] = STATUS + WAITS + KINDS + REDIRECTS

BEHIND: dict[str, tuple[Step, ...]] = {
    "/tin-tuc/bong.html": (http(b"moved", "Location: /tin-tuc/di-bing.html", status="302 Found"),),
    **{
        f"/day/{number}.html": (http(b"moved", f"Location: /day/{number + 1}.html", status="302 Found"),)
        for number in range(1, 12)
    },
    "/cham-mai.html": (Pause(),),
}
"""Addresses that only other misbehaviours lead to."""

CHAIN = Fault("day-chuyen", "redirect.limit", (), path="/day/1.html", at="/day/6.html")
