"""A site of ASP.NET pages whose list turns its pages by postback, as strict as the real ones are."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from tests.fetch.sites import WORDS

LIST = "/tin-tuc.aspx"
SESSION = "ASP.NET_SessionId"


@dataclass
class Grid:
    """A list of `count` articles, five a page. `window` numbers stand in its pager at a time.

    A form is answered only with the state of the page before, a session and an event that its page offered; else 500.
    `deaf`: the server shows its first page whatever is sent; `redirects`: it answers with another address. `broken` is a part that fails. `log` holds method, target and form.
    """

    count: int = 25
    size: int = 5
    window: int = 3
    deaf: bool = False
    redirects: bool = False
    broken: int = 0
    home: bool = False
    url: str = ""
    log: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def get(self, target: str) -> tuple[int, str]:
        if target == "/":
            rows = self._rows(1) if self.home else ""
            return 200, f'<h1>Cổng</h1><a href="{LIST}">Tin tức</a>{rows}'
        if target == LIST:
            return 200, self._list(1)
        if found := re.fullmatch(re.escape(LIST) + r"\?trang=(\d+)", target):
            return 200, self._list(int(found[1]))
        if found := re.fullmatch(r"/hoi-nghi-tong-ket-cong-tac-nam-(\d+)\.html", target):
            return 200, f"<h1>{title(int(found[1]))}</h1><p>Ngày 02/10/2026</p>" + f"<p>{WORDS} Số {found[1]}.</p>" * 6
        return 404, "404"

    def post(self, target: str, form: dict[str, str], cookie: str) -> tuple[int, str]:
        known = re.fullmatch(r"trang=(\d+);" + "x" * 200, form.get("__VIEWSTATE", ""))
        event = re.fullmatch(r"Page\$(\d+)", form.get("__EVENTARGUMENT", ""))
        if target != LIST or known is None or event is None or f"{SESSION}=s1" not in cookie or "ctl00$pwd" in form:
            return 500, "Invalid postback"
        if form["__EVENTTARGET"] != "ctl00$Main$grv" or int(event[1]) not in self._offered(int(known[1])):
            return 500, "Invalid postback"
        if int(event[1]) == self.broken:
            return 503, "later"
        if self.redirects:
            return 302, f"{LIST}?trang={event[1]}"
        return 200, self._list(1 if self.deaf else int(event[1]))

    def _offered(self, page: int) -> range:
        start = (page - 1) // self.window * self.window
        return range(max(1, start), min(-(-self.count // self.size), start + self.window + 1) + 1)

    def _rows(self, page: int) -> str:
        numbers = range(self.count - (page - 1) * self.size, max(0, self.count - page * self.size), -1)
        return "".join(
            f'<tr><td><a href="/hoi-nghi-tong-ket-cong-tac-nam-{n}.html">{title(n)}</a>'
            f"<span>{n % 28 + 1:02}/10/2026</span></td></tr>"
            for n in numbers
        )

    def _list(self, page: int) -> str:
        start = (page - 1) // self.window * self.window
        steps = "".join(
            f"<td><span>{n}</span></td>"
            if n == page
            else f'<td><a href="javascript:__doPostBack(&#39;ctl00$Main$grv&#39;,&#39;Page${n}&#39;)">'
            f"{n if start < n <= start + self.window else '...'}</a></td>"
            for n in self._offered(page)
        )
        return (
            f'<form method="post" action=".{LIST}" id="aspnetForm">'
            f'<input type="hidden" name="__EVENTTARGET" value=""><input type="hidden" name="__VIEWSTATE" value="trang={page};'
            f'{"x" * 200}"><input name="ctl00$tuKhoa" value=""><input type="password" name="ctl00$pwd">'
            f"<a href=\"javascript:__doPostBack('ctl00$lbtDangXuat','')\">Thoát</a>"
            f"<table class=\"lich\"><tr><td><a href=\"javascript:__doPostBack('ctl00$Lich','9821')\">2</a></td></tr></table>"
            f'<input type="submit" name="ctl00$btnGui" value="Gửi"><table id="grv">{self._rows(page)}'
            f"<tr><td><table><tr>{steps}</tr></table></td></tr></table></form>"
        )


def title(number: int) -> str:
    return f"Hội nghị tổng kết công tác năm lần thứ {number} của phường"


@contextmanager
def serve_grid(grid: Grid) -> Iterator[Grid]:
    """The site on a port of its own until the block ends; its address is in `grid.url`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            grid.log.append(("GET", self.path, {"cookie": self.headers.get("Cookie", "")}))
            self._send(*grid.get(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
            grid.log.append(("POST", self.path, form))
            self._send(*grid.post(self.path, form, self.headers.get("Cookie", "")))

        def _send(self, status: int, html: str) -> None:
            plain = html.startswith("User-agent")
            page = html if plain else f"<html><head><title>Cổng</title></head><body>{html}</body></html>"
            body = page.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if plain else "text/html; charset=utf-8")
            if status == 302:
                self.send_header("Location", html)
            self.send_header("Set-Cookie", f"{SESSION}=s1; path=/; HttpOnly")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """`grid.log` is the log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    grid.url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield grid
    finally:
        server.shutdown()
        server.server_close()
