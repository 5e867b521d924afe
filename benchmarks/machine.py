"""What the figures were measured on."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import time
from pathlib import Path

import numpy as np

from benchmarks.contenders import cores

LOAD = "load at the start"
OTHERS = "processor time that others took"
WORKING = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
"""The columns of the first line of /proc/stat."""


def facts() -> dict[str, str]:
    """The machine and the checkout, in words."""
    return {
        "processor": _processor(),
        "cores": str(cores()),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        LOAD: f"{os.getloadavg()[0]:.1f}",
        "date": datetime.date.today().isoformat(),
        "commit": _commit(),
    }


class Watch:
    """Sees how much of all processors others take: programs, or the hypervisor."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.all, self.own = _all_working(), _own_working()

    def facts(self) -> dict[str, str]:
        """What was seen so far, where the system tells."""
        working = _all_working()
        if working is None or self.all is None:
            return {}
        others = (working - self.all) - (_own_working() - self.own)
        whole = (time.monotonic() - self.start) * (os.cpu_count() or 1)
        return {OTHERS: f"{max(others, 0) / whole:.1%}"}


def _all_working() -> float | None:
    """Seconds that processors were at work for anybody, or kept away by a host."""
    told = Path("/proc/stat")
    if not told.exists():
        return None
    columns = told.read_text().split("\n", 1)[0].split()[1:]
    ticks = dict(zip(WORKING, map(int, columns), strict=False))
    resting = ticks["idle"] + ticks["iowait"]
    return float(sum(ticks.values()) - resting) / os.sysconf("SC_CLK_TCK")


def _own_working() -> float:
    """Seconds of this process and those it started that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def _memory() -> str:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{pages / 2**30:.0f} GiB"


def _commit() -> str:
    command = ("git", "describe", "--always", "--dirty", "--abbrev=10")
    folder = Path(__file__).parent
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"
