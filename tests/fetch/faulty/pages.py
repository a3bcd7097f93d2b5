"""Misbehaviours of markup: links to where nobody may go, texts that hurt, feeds with entities, file names with paths."""

from __future__ import annotations

import gzip

from tests.fetch.faulty.answers import SPELLED
from tests.fetch.faulty.fault import ARCHIVED, Fault, answer, http, page

XML = "application/xml; charset=utf-8"


def article(name: str, extra: str = "", title: str = "Hội nghị tổng kết công tác năm của phường") -> Fault:
    """A misbehaviour inside an article that is sent properly."""
    return answer(name, ARCHIVED, http(page(title, extra), kind="text/html; charset=utf-8"))


def _links(*addresses: str) -> str:
    return "".join(f'<a href="{address}">Hội nghị tổng kết công tác năm của phường</a>' for address in addresses)


SCHEMES = ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "gopher://@CANARY@/_x", "ftp://@CANARY@/x",
           "mailto:a@b.vn", "tel:113", "ldap://@CANARY@/", "view-source:http://@CANARY@/", "blob:http://@CANARY@/x",
           "jar:http://@CANARY@!/x", "about:blank", "ws://@CANARY@/", "zalo://x", "\x01javascript:alert(1)",
           "java\nscript:alert(1)", "HTTP:\\\\@CANARY@\\x", "http:@CANARY@/x", "http:///@CANARY@/x", "http://", "http://[", "//",
           "http://@HERE@:99999/", "http://@HERE@:/", "http://a..b/", "http://-/", "///", "?", "#", " ", "\\\\@CANARY@\\x")  # fmt: skip

LINKS = (
    article("lien-ket-rieng", _links(*(f"http://{place}/khong-duoc/{name}.html" for name, place in SPELLED.items()))),
    article("lien-ket-giao-thuc", _links(*SCHEMES)),
    article("lien-ket-mat-khau", _links("http://admin:secret@@HERE@/tin-tuc/kin-1.html", "//u:p@@HERE@/tin-tuc/kin-2.html")),
    article("lien-ket-dai", _links("/tin-tuc/" + "a" * 5000 + ".html", "/tin-tuc/b.html?q=" + "b" * 100_000)),
    article("lien-ket-chen-nhat-ky", _links("/tin-tuc/a%0d%0aERROR%20fake-1.html", "/tin-tuc/b\r\nERROR fake-2.html")),
    article("goc-canary", '<base href="http://@CANARY@/">' + _links("tin-tuc/tuong-doi-1.html")),
    article("goc-script", '<base href="javascript:alert(1)//">' + _links("tin-tuc/tuong-doi-2.html")),
    article("lam-moi-canary", '<meta http-equiv="refresh" content="0;url=http://@CANARY@/">'),
    article("lam-moi-vong", '<meta http-equiv="refresh" content="0;url=/tin-tuc/lam-moi-vong.html">'),
    article("lam-moi-tep", '<meta http-equiv="refresh" content="0; URL=\'file:///etc/passwd\'">'),
    article("khung-canary", '<iframe src="http://@CANARY@/"></iframe><img src="http://@CANARY@/a.png"><script src="//@CANARY@/a.js">'),
    article("hinh-thuc-canary", '<form action="http://@CANARY@/" method="post"><input type="submit" name="x"></form>'),
    article("tu-goi-minh", _links(*(f"/tin-tuc/tu-goi-minh.html#{n}" for n in range(50)))),
    article("duong-di-len", _links("/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "..%5c..%5cwin.ini")),
)  # fmt: skip

TEXTS = (
    article("ky-tu-nul", "<p>a\0b\0</p>", "Hội nghị\0 tổng kết"),
    article("ky-tu-dieu-khien", "<p>" + "".join(map(chr, range(1, 32))) + "\x7f\x85\u2028\ufffe</p>"),
    article("nua-cap", "<p>\ud800 \udfff</p>", "Hội nghị \ud83d tổng kết"),
    article("dao-chieu", "<p>\u202egnoul\u202c \u2066x\u2069 \u200b\u200e</p>", "Báo cáo \u202efdp.exe"),
    article("chen-nhat-ky", "", "Tin\r\n2026-11-22 ERROR fake\x1b[31m"),
    article("chen-trang", "<script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>"),
    article("chen-sql", "<p>'); DROP TABLE article; --</p>", "'; DROP TABLE page; --"),
    article("utf8-hong", "<p>x</p>"),
    article("cot-qua-rong", '<table><tr><td colspan="9007199254740992" rowspan="99999999999">x</td></tr></table>'),
    article("thuc-the", "<p>&#0;&#xD800;&#x110000;&#99999999999;&nosuch;&lt</p>"),
    article("khung-cat", "<!-- khong bao gio het <p>x</p>"),
    article("cdata", "<![CDATA[ <p>x ]]><!DOCTYPE html [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><p>&a;</p>"),
)

LOL = (
    "<!DOCTYPE rss [<!ENTITY a0 'lol'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "]><rss><channel><title>&a9;</title><item><title>&a9;</title><link>/tin-tuc/tot-1.html</link></item></channel></rss>"
)
QUADRATIC = f"<!DOCTYPE rss [<!ENTITY a '{'a' * 50_000}'>]><rss><channel><title>{'&a;' * 5_000}</title></channel></rss>"


def _xxe(root: str, inner: str) -> bytes:
    entities = "<!ENTITY f SYSTEM 'file:///etc/passwd'><!ENTITY c SYSTEM 'http://@CANARY@/x'>"
    entities += "<!ENTITY % p SYSTEM 'http://@CANARY@/p.dtd'> %p;"
    return f"<?xml version='1.0'?><!DOCTYPE {root} [{entities}]><{root}>{inner}</{root}>".encode()


FEEDS = (
    Fault("tin-xxe", ARCHIVED, (http(_xxe("rss", "<channel><item><title>&f;&c;</title><link>/tin-tuc/tot-1.html</link></item></channel>"), kind=XML),), path="/xxe.rss"),
    Fault("tin-cuoi", ARCHIVED, (http(LOL.encode(), kind=XML),), path="/lol.rss"),
    Fault("tin-binh-phuong", ARCHIVED, (http(QUADRATIC.encode(), kind=XML),), path="/quadratic.rss"),
    Fault("tin-dtd-ngoai", ARCHIVED, (http(b"<!DOCTYPE rss SYSTEM 'http://@CANARY@/x.dtd'><rss><channel/></rss>", kind=XML),), path="/dtd.rss"),
    Fault("tin-xinclude", ARCHIVED, (http(b"<rss xmlns:xi='http://www.w3.org/2001/XInclude'><channel><xi:include href='http://@CANARY@/' parse='text'/></channel></rss>", kind=XML),), path="/xinclude.rss"),
    Fault("tin-hong", ARCHIVED, (http(b"<rss><channel><item><title>x</tit", kind=XML),), path="/hong.rss"),
    Fault("tin-lien-ket-ngoai", ARCHIVED, (http(b"<rss><channel><item><title>x</title><link>http://@CANARY@/x</link></item></channel></rss>", kind=XML),), path="/ngoai.rss"),
)  # fmt: skip


def _index(*addresses: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{one}</loc></sitemap>" for one in addresses)
    return f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{entries}</sitemapindex>".encode()


SITEMAPS = (
    Fault("ban-do-xxe", ARCHIVED, (http(_xxe("urlset", "<url><loc>http://@HERE@/&f;</loc></url>"), kind=XML),), path="/xxe.xml"),
    Fault("ban-do-vong", ARCHIVED, (http(_index("http://@HERE@/vong.xml", "http://@HERE@/vong2.xml"), kind=XML),), path="/vong.xml"),
    Fault("ban-do-vong-2", ARCHIVED, (http(_index("http://@HERE@/vong.xml"), kind=XML),), path="/vong2.xml"),
    Fault("ban-do-ngoai", ARCHIVED, (http(_index("http://@CANARY@/a.xml", "file:///etc/passwd"), kind=XML),), path="/ngoai.xml"),
    Fault("ban-do-bom", "limit.links", (http(gzip.compress(b"<urlset>" + b" " * 2**25), kind="application/x-gzip"),), path="/bom.xml.gz"),
    Fault("ban-do-cut", ARCHIVED, (http(gzip.compress(b"<urlset></urlset>" * 99)[:-30], kind="application/gzip"),), path="/cut.xml.gz"),
)  # fmt: skip


def _file(name: str, path: str, disposition: str = "") -> Fault:
    headers = [f"Content-Disposition: attachment; filename={disposition}"] if disposition else []
    return Fault(name, ARCHIVED, (http(b"%PDF-1.4\n%tep nho\n%%EOF", *headers, kind="application/pdf"),), path=path)


FILES = (
    _file("tep-len-cay", "/tep/..%2F..%2F..%2F..%2Ftmp%2Fevil-1.pdf"),
    _file("tep-len-cay-nguoc", "/tep/..%5C..%5Cevil-2.pdf"),
    _file("tep-ten-len-cay", "/tep/ten-3.pdf", '"../../../../tmp/evil-3.pdf"'),
    _file("tep-ten-nul", "/tep/ten-4.pdf", "\"evil%00.exe\"; filename*=UTF-8''..%2f..%2fevil-4.sh"),
    _file("tep-ten-dai", "/tep/" + "d" * 900 + ".pdf"),
    _file("tep-ten-hoa", "/tep/TB.pdf"),
    _file("tep-ten-thuong", "/tep/tb.pdf"),
    _file("tep-ten-chen", "/tep/a%0A%1B%5B31mERROR.pdf"),
)

FAULTS: tuple[Fault, ...] = LINKS + TEXTS + FEEDS + SITEMAPS + FILES
