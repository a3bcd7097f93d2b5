"""Where crawl batches run. `LocalRunner` starts them as child processes of this one."""

from __future__ import annotations

from phuongchi.runners.local import LocalRunner
from phuongchi.runners.order import Observer, Order, Outcome

__all__ = ["LocalRunner", "Observer", "Order", "Outcome"]
