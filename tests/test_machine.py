"""What the machine can spare for what nobody waits for."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from jarvis.machine import (
    READ_AGAIN_S,
    Condition,
    Machine,
    give_back_memory,
    is_low_power,
    is_slowed_by_heat,
    read_condition,
)

GB = 10**9
WELL = Condition(memory_bytes=16 * GB, available_bytes=8 * GB)


@pytest.mark.parametrize(
    ("condition", "needed_bytes", "objection"),
    [
        (WELL, 3 * GB, None),
        (replace(WELL, is_on_battery=False, saves_power=False), 3 * GB, None),
        (replace(WELL, is_on_battery=True), 0, "the machine runs on battery"),
        (replace(WELL, saves_power=True), 0, "the machine saves power"),
        (replace(WELL, is_hot=True), 0, "the machine is hot"),
        (WELL, 7 * GB, "8.0 GB of memory are free, and it takes 7.0 GB"),
        (Condition(2 * GB, GB), GB // 2, None),
    ],
)
async def test_what_speaks_against_a_start(
    condition: Condition, needed_bytes: int, objection: str | None
) -> None:
    """Battery, saving, or too little memory beside what others need; else nothing."""
    machine = Machine(read=lambda: condition)
    assert await machine.objection(needed_bytes) == objection


async def test_a_person_may_spend_the_battery_but_not_overheat_it() -> None:
    """What somebody asks for is done on battery too; heat and memory still object."""
    drained = replace(WELL, is_on_battery=True, saves_power=True)
    assert await Machine(read=lambda: drained).objection(may_drain=True) is None
    hot = replace(drained, is_hot=True)
    objection = await Machine(read=lambda: hot).objection(may_drain=True)
    assert objection == "the machine is hot"


@pytest.mark.parametrize(
    ("conditions", "is_hot"),
    [
        (
            "Note: No thermal warning level has been recorded\n"
            "Note: No performance warning level has been recorded\n"
            "Note: No CPU power status has been recorded\n",
            False,
        ),
        ("CPU_Scheduler_Limit \t= 100\nCPU_Speed_Limit \t= 100\n", False),
        ("CPU_Scheduler_Limit \t= 100\nCPU_Speed_Limit \t= 62\n", True),
        ("CPU_Available_CPUs \t= 8\n", False),
        ("Thermal Warning Level = 1\n", True),
        ("", None),
    ],
)
def test_heat_as_pmset_lists_it(conditions: str, is_hot: bool | None) -> None:
    """A limit below full speed, or a warning; that none was recorded is none."""
    assert is_slowed_by_heat(conditions) is is_hot


async def test_it_is_read_when_asked_and_not_again_for_a_while() -> None:
    """However often it is asked within that."""
    now_s, read = 0.0, []

    def once_more() -> Condition:
        read.append(now_s)
        return WELL

    machine = Machine(once_more, clock=lambda: now_s)
    assert read == []
    for now_s in (100.0, 101.0, 100.0 + READ_AGAIN_S, 101.0 + READ_AGAIN_S):  # noqa: B007
        await machine.objection()
    assert read == [100.0, 101.0 + READ_AGAIN_S]


@pytest.mark.parametrize(
    ("settings", "is_low"),
    [
        ("Currently in use:\n sleep 1\n lowpowermode         1\n", True),
        ("Currently in use:\n lowpowermode         0\n", False),
        (" powermode            1\n", True),
        (" powermode            2 (imposed by something)\n", False),
        (" standby              1\n", None),
        ("", None),
    ],
)
def test_low_power_mode_as_pmset_lists_it(settings: str, is_low: bool | None) -> None:
    """In the older and the newer name; other settings are not it."""
    assert is_low_power(settings) is is_low


def test_this_machine_tells_its_memory() -> None:
    """Whatever it is; what it does not know of power is null."""
    condition = read_condition()
    assert 0 < condition.available_bytes <= condition.memory_bytes


def test_memory_can_be_given_back_on_any_system() -> None:
    """Whichever allocator it has: nothing happens where none can be told."""
    give_back_memory()
