"""Says which process holds something, and whether it still lives: for leases that a killed holder could not give back.

A process is named `host/boot/pid/start`, so that a number used again by another process, or after a restart of the machine,
is not taken for it.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path


def this_process() -> str:
    """The name of the running process."""
    return "/".join((socket.gethostname(), _boot(), str(os.getpid()), _start(os.getpid())))


def is_dead(name: str) -> bool:
    """Whether the process of this name is surely gone. False for one of another host: it cannot be seen from here.

    What follows the name after a space does not count.
    """
    parts = name.partition(" ")[0].split("/")
    if len(parts) != 4 or parts[0] != socket.gethostname() or not parts[2].isdigit():
        return False
    _, boot, pid, start = parts
    return boot != _boot() or start != _start(int(pid))


def described(name: str) -> str:
    """The name as a person would want it: `process 4711 on archive-host`."""
    parts = name.partition(" ")[0].split("/")
    return f"process {parts[2]} on {parts[0]}" if len(parts) == 4 else name or "another process"


def _boot() -> str:
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip().replace("-", "")[:16]
    return "boot"


def _start(pid: int) -> str:
    """When the process was started, in the kernel's ticks; `gone` if there is none or only its remains."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return "gone" if fields[0] in "ZX" else fields[19]
    except OSError:
        pass
    if Path("/proc/self/stat").exists():
        return "gone"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return "gone"
    except PermissionError:
        pass
    return "there"
