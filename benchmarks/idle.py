"""What an idle daemon does in a minute: it should be nothing but two safety looks."""

from __future__ import annotations

import os
import time
from pathlib import Path

from benchmarks.harness import Row, built_inbox, running_daemon

SECONDS = float(os.environ.get("JARVIS_BENCH_IDLE_S", "60"))
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def measure() -> list[Row]:
    """Wake-ups of all threads and CPU time of the process, over a minute (Linux)."""
    with running_daemon(built_inbox(1000), indexing=True) as daemon:
        daemon.wait_until_indexed()
        time.sleep(3)  # what starting left to do is done
        pid = daemon.process.pid
        switches, cpu_ms = _switches(pid), _cpu_ms(pid)
        time.sleep(SECONDS)
        woken, used_ms = _switches(pid) - switches, _cpu_ms(pid) - cpu_ms
    return [
        Row(f"wake-ups in {SECONDS:g} s (a count)", woken, woken, woken, goal="few"),
        Row(f"CPU in {SECONDS:g} s", used_ms, used_ms, used_ms, goal="about 1 ms"),
    ]


def _switches(pid: int) -> int:
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                total += int(line.split()[1])
    return total


def _cpu_ms(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / TICKS_PER_S
