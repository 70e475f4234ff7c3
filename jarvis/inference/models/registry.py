"""The models we know and would recommend: which, pinned where, how big, and for whom.

Sizes and revisions are those of the hub; docs/models.md shows the same table, and says
where they were found.
"""

from __future__ import annotations

from typing import Final

from jarvis.records import Record

_GIB: Final = 2**30
_MOST_OF_MEMORY: Final = 0.4
"""A model that takes more of a Mac's memory has made whole Macs restart."""
_LARGE_MACHINE_BYTES: Final = 14 * _GIB
"""Machines sold with 16 GB; some keep a little for themselves."""


class KnownModel(Record, frozen=True, kw_only=True):
    """A model of the hub that was looked at; `name` is its id there."""

    name: str
    revision: str
    """The commit that is pulled, even when the repository has newer ones."""
    licence: str
    licence_note: str | None = None
    """How the licence differs from an open-source one, where it does."""
    download_bytes: int
    memory_bytes: int
    """Its weights, and what it keeps of a prompt of 2,048 tokens."""
    description: str


REGISTRY: Final = (
    KnownModel(
        name="mlx-community/Qwen3-4B-Instruct-2507-4bit",
        revision="50d427756c6b1b2fe0c0a10f67fbda1fc8e82c1b",
        licence="Apache-2.0",
        download_bytes=2_277_300_000,
        memory_bytes=2_570_000_000,
        description="The default from 16 GB of memory on.",
    ),
    KnownModel(
        name="mlx-community/Qwen3.5-2B-4bit",
        revision="674aaa7240b91e8012fcad5d791b7dfe5ba90207",
        licence="Apache-2.0",
        download_bytes=1_749_000_000,
        memory_bytes=1_770_000_000,
        description="Small, for 8 GB of memory; its drafts need a closer look.",
    ),
    KnownModel(
        name="mlx-community/Qwen3.5-9B-4bit",
        revision="8b2b98c00a6b4d291155e4890773ca8f769aee53",
        licence="Apache-2.0",
        download_bytes=5_977_000_000,
        memory_bytes=6_070_000_000,
        description="Larger and slower, for 32 GB of memory.",
    ),
    KnownModel(
        name="mlx-community/granite-4.1-3b-4bit",
        revision="b1b476b5a17c46b7d6cd663b4a8ed44b66720aef",
        licence="Apache-2.0",
        download_bytes=2_134_000_000,
        memory_bytes=2_295_000_000,
        description="Between small and default; never thinks.",
    ),
    KnownModel(
        name="mlx-community/Qwen3.5-4B-MLX-4bit",
        revision="32f3e8ecf65426fc3306969496342d504bfa13f3",
        licence="Apache-2.0",
        download_bytes=3_061_000_000,
        memory_bytes=3_200_000_000,
        description="Newer; a second draft costs more, as its cache cannot be cut back.",
    ),
    KnownModel(
        name="mlx-community/Qwen3.5-4B-OptiQ-4bit",
        revision="fecba971a2d0cd02b6b025862c1aaa7d2e3dad15",
        licence="Apache-2.0",
        download_bytes=3_290_000_000,
        memory_bytes=3_390_000_000,
        description="The same, with more bits for the layers that need them.",
    ),
    KnownModel(
        name="mlx-community/Qwen3-8B-4bit",
        revision="545dc4251c05440727734bcd94334791f6ab0192",
        licence="Apache-2.0",
        download_bytes=4_625_000_000,
        memory_bytes=4_910_000_000,
        description="Larger and slower; its cache can be cut back.",
    ),
    KnownModel(
        name="mlx-community/Qwen3-1.7B-4bit",
        revision="3b1b1768f8f8cf8351c712464f906e86c2b8269e",
        licence="Apache-2.0",
        download_bytes=984_000_000,
        memory_bytes=1_200_000_000,
        description="The least to download that may do.",
    ),
    KnownModel(
        name="mlx-community/Qwen3-0.6B-4bit",
        revision="73e3e38d981303bc594367cd910ea6eb48349da8",
        licence="Apache-2.0",
        download_bytes=351_000_000,
        memory_bytes=570_000_000,
        description="To see that it works; too small for drafts worth sending.",
    ),
    KnownModel(
        name="mlx-community/SmolLM3-3B-4bit",
        revision="d3a7e0594d6642dbcfb7d149bed8b0bdf49f95ce",
        licence="Apache-2.0",
        download_bytes=1_765_000_000,
        memory_bytes=1_900_000_000,
        description="Between small and default.",
    ),
    KnownModel(
        name="mlx-community/LFM2.5-1.2B-Instruct-4bit",
        revision="dee2f8a2786e6648bb644a7ca40652842490034b",
        licence="LFM Open 1.0",
        licence_note="Not open source: free below 10 million dollars of yearly revenue.",
        download_bytes=664_000_000,
        memory_bytes=700_000_000,
        description="Small and quick; its cache cannot be cut back.",
    ),
)

_DEFAULT, _SMALL = REGISTRY[:2]


def known_model(name: str) -> KnownModel | None:
    """The one of that id, or of that name within its organisation, in any case."""
    wanted = name.casefold()
    for model in REGISTRY:
        full = model.name.casefold()
        if wanted in (full, full.partition("/")[2]):
            return model
    return None


def default_model(machine_bytes: int) -> KnownModel:
    """What we would take on a machine with so much memory."""
    return _DEFAULT if machine_bytes >= _LARGE_MACHINE_BYTES else _SMALL


def fits_memory(memory_bytes: int, machine_bytes: int) -> bool:
    """Whether a model leaves the machine enough: it may take 40 % of its memory."""
    return memory_bytes <= _MOST_OF_MEMORY * machine_bytes
