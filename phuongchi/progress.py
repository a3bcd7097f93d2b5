"""How a run looks while it goes on: a live line at a terminal, one plain line per portal anywhere else."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from phuongchi.commands.causes import meaning
from phuongchi.console import Voice

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

STATES = {
    "done": "xong", "partial": "một phần", "deferred": "hoãn lại", "unreachable": "không truy cập được",
    "failed": "lỗi", "pending": "chưa bắt đầu", "running": "đang chạy",
}  # fmt: skip
"""Visit states in Vietnamese."""

RUN_STATES = {"running": "đang chạy", "done": "xong", "stopped": "bị dừng", "failed": "lỗi"}
"""Run states in Vietnamese."""

_EVERY = 20.0


class RunProgress:
    """Shows the events of a run. A context manager; an `Observer` of runners."""

    def __init__(self, voice: Voice, portals: Sequence[str]) -> None:
        self._voice, self._total = voice, len(portals)
        self._pages: Counter[str] = Counter()
        self._read = self._ended = 0
        self._said = time.monotonic()
        self._live: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and self._voice.loudness >= 0 and os.environ.get("TERM") != "dumb":
            self._start_live()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def event(self, event: Mapping[str, Any]) -> None:
        """Show one event."""
        kind, portal = event.get("event"), str(event.get("portal", ""))
        if kind == "page":
            self._pages[portal] += 1
            if self._voice.loudness >= 1:
                self._line(f"{portal}: {event.get('status', '')} {event.get('purpose', '')} {event.get('url', '')}")
        elif kind == "read":
            self._read += sum(int(count) for count in event.get("verdicts", {}).values())
        elif kind == "visit":
            self._ended += 1
            self._line(self._of_visit(portal, event))
        elif kind == "given-up":
            self._line(f"{portal}: bỏ qua bản chụp | capture {event.get('entry')} given up: {event.get('why')}")
        elif kind == "unreadable":
            self._line(f"{portal}: không đọc được | could not be read: {event.get('why')}")
        elif kind == "clusters" and event.get("clustered"):
            self._line(f"Bài có ở nhiều nguồn | articles that other portals have too: {event['clustered']}")
        self._show()

    def _of_visit(self, portal: str, event: Mapping[str, Any]) -> str:
        state = str(event.get("state", "done"))
        cause = f" ({meaning(str(event['cause']))})" if event.get("cause") else ""
        return (
            f"{portal}: {STATES.get(state, state)} | {state}{cause}, {self._pages[portal]} trang | pages{_left(event)}"
        )

    def _summary(self) -> str:
        pages = sum(self._pages.values())
        return f"{self._ended}/{self._total} nguồn | portals · {pages} trang | pages · {self._read} đã đọc | read"

    def _show(self) -> None:
        if self._live is not None and self._task is not None:
            self._live.update(self._task, completed=self._ended, description=self._summary())
        elif time.monotonic() - self._said > _EVERY:
            self._said = time.monotonic()
            self._voice.say(self._summary())

    def _line(self, text: str) -> None:
        if self._live is not None:
            self._live.console.print(self._voice.shown(text), markup=False, highlight=False)
        else:
            self._voice.say(text)

    def _start_live(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=20), TimeElapsedColumn())
        self._live = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._live.add_task(self._summary(), total=self._total)
        self._live.start()


def _left(event: Mapping[str, Any]) -> str:
    """What of a visit failed or was left out, in numbers."""
    counts = event.get("counts") or {}
    words = {"failed": "lỗi | failed", "left_out": "máy khác | of silent hosts", "trapped": "bẫy | traps"}
    return "".join(f", {counts[name]} {said}" for name, said in words.items() if counts.get(name))
