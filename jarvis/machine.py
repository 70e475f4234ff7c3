"""What this machine can spare: asked before something starts that nobody waits for.

Warming a model, and later reading ahead and indexing, cost memory and battery for a wish
that may never come. Who starts such a thing asks `Machine.objection` first. It is read
when it is asked for, and not again for a while; nothing runs on a timer.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from typing import Final

import msgspec

from jarvis.processes import run_to_end

READ_AGAIN_S: Final = 30.0
SPARE_BYTES: Final = 2**30
"""What stays free for everything else, beside what is to be started."""
SPARE_SHARE: Final = 0.1
"""The same as a share of all memory, where that is less."""
_POWER_SETTINGS: Final = ("/usr/bin/pmset", "-g")
_HEAT: Final = ("/usr/bin/pmset", "-g", "therm")
_FULL_SPEED: Final = 100
_M_ARENA_MAX: Final = -8


class Condition(msgspec.Struct, frozen=True):
    """How a machine is; null: it does not say."""

    memory_bytes: int
    available_bytes: int
    is_on_battery: bool | None = None
    saves_power: bool | None = None
    """Whether a person, or the system for them, has chosen to save it."""
    is_hot: bool | None = None
    """Whether the system slows the processor down, or warns that it will."""


class Machine:
    """Keeps what was read for READ_AGAIN_S.

    Args:
        read: reads it; may wait, so it is called in a thread.
        clock: in seconds.
    """

    def __init__(
        self,
        read: Callable[[], Condition] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read or read_condition
        self._clock = clock
        self._known: Condition | None = None
        self._read_at_s = 0.0

    async def objection(
        self, needed_bytes: int = 0, *, may_drain: bool = False
    ) -> str | None:
        """Why nothing should be started now that needs so much memory; null: it may.

        `may_drain`: a person wants it though the machine runs on battery or saves power.
        """
        condition = await self._condition()
        if condition.is_on_battery and not may_drain:
            return "the machine runs on battery"
        if condition.saves_power and not may_drain:
            return "the machine saves power"
        if condition.is_hot:
            return "the machine is hot"
        spare = min(SPARE_BYTES, int(condition.memory_bytes * SPARE_SHARE))
        if condition.available_bytes < needed_bytes + spare:
            free, needed = condition.available_bytes / 1e9, needed_bytes / 1e9
            return f"{free:.1f} GB of memory are free, and it takes {needed:.1f} GB"
        return None

    async def _condition(self) -> Condition:
        now_s = self._clock()
        if self._known is None or now_s - self._read_at_s > READ_AGAIN_S:
            self._known = await asyncio.to_thread(self._read)
            self._read_at_s = now_s
        return self._known


def read_condition() -> Condition:
    """How this machine is now."""
    import psutil  # where it is used: nearly a tenth of the daemon's start

    memory = psutil.virtual_memory()
    return Condition(
        memory_bytes=memory.total,
        available_bytes=memory.available,
        is_on_battery=_is_on_battery(),
        saves_power=_saves_power(),
        is_hot=_is_hot(),
    )


def _is_on_battery() -> bool | None:
    import psutil

    try:
        battery = psutil.sensors_battery()
    except (AttributeError, OSError, ValueError, psutil.Error):
        # Not every system has the function, and what drivers say is at times no number.
        return None
    if battery is None or battery.power_plugged is None:
        return None
    return not battery.power_plugged


def _saves_power() -> bool | None:
    shown = _shown(_POWER_SETTINGS)
    return None if shown is None else is_low_power(shown)


def _is_hot() -> bool | None:
    shown = _shown(_HEAT)
    return None if shown is None else is_slowed_by_heat(shown)


def _shown(command: tuple[str, ...]) -> str | None:
    """What a program of macOS prints; null on other systems."""
    if os.uname().sysname != "Darwin":
        return None
    try:
        return run_to_end(command, environment=os.environ).stdout
    except OSError:
        return None


def is_low_power(settings: str) -> bool | None:
    """Whether Low Power Mode is on, as `pmset -g` lists it; null where it does not.

    Source: pmset(1). The settings in use are listed a line each, a name and a number.
    """
    for line in settings.splitlines():
        match line.split():
            case ["lowpowermode" | "powermode", "1", *_]:
                return True
            case ["lowpowermode" | "powermode", _, *_]:
                return False
    return None


def is_slowed_by_heat(conditions: str) -> bool | None:
    """Whether `pmset -g therm` tells of a limit or a warning; null where it says nothing.

    Source: pmset(1). A condition is a name and a number ("CPU_Speed_Limit = 100", in
    percent); where none was recorded, a note says so.
    """
    is_told = False
    for line in conditions.splitlines():
        if "has been recorded" in line:
            is_told = True
        name, _, value = line.partition("=")
        if not value.strip().isdecimal():
            continue
        is_told, number = True, int(value)
        if name.strip().endswith("_Limit") and number < _FULL_SPEED:
            return True
        if "warning level" in name.lower() and number > 0:
            return True
    return False if is_told else None


def give_back_memory() -> None:
    """Have the allocator give the system what lies free in it; takes milliseconds.

    Source: malloc_trim(3) of glibc; malloc/malloc.h of macOS, where no zone means all.
    """
    import ctypes  # where it is used: most daemons index nothing for days

    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(ctypes.c_size_t(0))
    elif hasattr(library, "malloc_zone_pressure_relief"):
        library.malloc_zone_pressure_relief(None, ctypes.c_size_t(0))


def share_one_heap() -> None:
    """Have all threads of this process allocate from one heap, before they do.

    Each would have its own, and keep megabytes in it that it needed once. Source:
    mallopt(3), M_ARENA_MAX; other systems than glibc's share already.
    """
    if sys.platform == "linux":
        import ctypes

        library = ctypes.CDLL(None)
        if hasattr(library, "mallopt"):
            library.mallopt(_M_ARENA_MAX, 1)
