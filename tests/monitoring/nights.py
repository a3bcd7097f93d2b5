"""One eventful night for tests. `python -m tests.monitoring.nights` writes the golden report anew; look at it before you keep it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from monitoring import rendering
from monitoring.report import Disk, Report
from phuongchi.commands.causes import MEANINGS
from storage.overview import Alert, Trouble
from storage.reader.nights import Happening, Night, NightPortal, NightRun, Standing
from storage.reader.portals import Counts

GOLDEN = Path(__file__).with_name("golden")
BEGAN = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)


def make_portal(name: str, **changes: Any) -> NightPortal:
    """A portal whose visit went well; `changes` are fields of NightPortal."""
    values: dict[str, Any] = {
        "id": f"{name}.vn", "name": f"Phường {name.title()}", "province": "Nghệ An", "url": f"https://{name}.vn/",
        "server": f"203.0.113.{len(name)}", "platform": "vnpt", "state": "done",
        "counts": {"asked": 40, "answered": 38},
    }  # fmt: skip
    return NightPortal(**{**values, **changes})


def quiet_night(**changes: Any) -> Night:
    """A night in which one portal was visited and nothing happened."""
    run = NightRun(12, "night", "done", 0, BEGAN, BEGAN + timedelta(minutes=42), BEGAN, 0)
    values: dict[str, Any] = {
        "date": date(2026, 11, 21), "runs": (run,), "portals": (make_portal("hungphuc"),), "happened": (), "alerts": (),
        "missed": (), "totals": Counts(6, 12_345, 0, 1_234, 17, 1_500, 3_000), "captures": 38, "bytes": 5 * 2**20,
        "warc_files": 24, "warc_bytes": 3 * 2**30,
    }  # fmt: skip
    return Night(**{**values, **changes})


def eventful_night() -> Night:
    """A night with something of everything, hostile titles among it."""
    down = {"state": "unreachable", "cause": "net.refused", "detail": "no page could be fetched", "counts": {}}
    since = BEGAN - timedelta(days=3)
    portals = (
        make_portal("antoan", events={"created": 1203, "revised": 2, "removed": 1}, counts={"answered": 900, "trapped": 40}),
        make_portal("hongha", standing=Standing("late", "9 ngày không có bài | no article for 9 days", since)),
        *(make_portal(name, server="198.51.100.7", standing=Standing("unreachable", "net.refused", since), **down)
          for name in ("lientri", "lienmac", "lienha")),
        make_portal("mocchau", standing=Standing("blocked", "403 | 403", BEGAN)),
        make_portal("maivien", state="deferred", cause="robots.unavailable", counts={},
                    troubles=(Trouble("maivien.vn", "robots.unavailable", 1, "https://maivien.vn/robots.txt", "503"),)),
        make_portal("phuloc", robots_override=("Công văn 12/UBND <b>", "2027-01-31"), tls_unverified=True,
                    counts={"answered": 10, "failed": 3}, events={"moved": 1, "returned": 1},
                    troubles=(Trouble("phuloc.vn", "http.5xx", 3, "https://phuloc.vn/a?b=1&c=2", "500"),)),
    )  # fmt: skip
    happened = (
        Happening(
            "created", "a" * 17, "antoan.vn", "Lễ ra quân <script>alert(1)</script>", "https://antoan.vn/tin/1.html"
        ),
        Happening("created", "b" * 17, "antoan.vn", "Dòng một\nDòng hai\x1b[31m", "javascript:alert(1)"),
        Happening("revised", "c" * 17, "antoan.vn", "Lịch tiếp công dân", "https://antoan.vn/lich"),
        Happening("removed", "d" * 17, "antoan.vn", "Thông báo tuyển dụng", "https://antoan.vn/td"),
        Happening("returned", "e" * 17, "phuloc.vn", "Danh sách cán bộ", "https://phuloc.vn/cb"),
        Happening("moved", "f" * 17, "phuloc.vn", "Quyết định 15", "https://phuloc.vn/qd15"),
    )
    alerts = (
        Alert("hongha.vn", "late", since, None, "9 ngày không có bài | no article for 9 days"),
        Alert("", "outage", BEGAN, None, "server 198.51.100.7 · unreachable: lientri.vn, lienmac.vn, lienha.vn"),
        Alert("", "job:backup", BEGAN, None, "exit code 6"),
        Alert("phuloc.vn", "tls", since, BEGAN, ""),
    )
    night = quiet_night(portals=portals, happened=happened, alerts=alerts, missed=(BEGAN - timedelta(days=1),))
    [run] = night.runs
    stopped = replace(
        run, id=13, state="stopped", exit_code=10, resumed=1, started_at=run.started_at + timedelta(hours=2)
    )
    return replace(night, runs=(run, replace(stopped, ended_at=None)), totals=replace(night.whole, unread=7))


def eventful_report() -> Report:
    """The report of that night."""
    return Report(
        eventful_night(), Disk(free=80 * 2**30, total=200 * 2**30, least=200 * 2**20),
        forecasts=(("Thu thập lần đầu: còn khoảng 6 đêm", "first fill: about 6 more nights"),),
        undelivered=(("Thư của đêm 20/11 chưa gửi được", "The mail of 20 November was not sent"),), causes=MEANINGS,
    )  # fmt: skip


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    (GOLDEN / "report.txt").write_text(rendering.text(eventful_report()), encoding="utf-8")
    (GOLDEN / "report.html").write_text(rendering.html(eventful_report()), encoding="utf-8")
