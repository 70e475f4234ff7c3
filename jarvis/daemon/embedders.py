"""Which model search finds meaning with: listed, chosen, and what suits the mail."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from jarvis.config import Settings
from jarvis.daemon.listed_models import broken, of_known, of_record
from jarvis.errors import Busy, ModelUnavailable, StoreUnavailable
from jarvis.inference.models.embedder_folder import is_embedder_folder
from jarvis.inference.models.embedder_registry import (
    KNOWN_EMBEDDERS,
    STATIC,
    SuitedEmbedder,
    known_embedder,
    suited_embedder,
)
from jarvis.inference.models.embedder_selection import (
    EMBEDDER_PREFIX,
    named_embedder,
    resolve_embedder,
)
from jarvis.inference.models.folder import (
    PARTIAL,
    partial_folder_of,
    pulled_folders,
)
from jarvis.inference.models.selection import keep_selection, selected_model
from jarvis.inference.pool.embedding import EmbedderPool
from jarvis.inference.states import NO_MODEL, Selection
from jarvis.later import later
from jarvis.protocol.methods.models import ListedModel, ModelStage
from jarvis.records import PlainMessage

if TYPE_CHECKING:
    import psutil

    from jarvis.assistant.language import facts, identify
else:
    psutil = later("psutil")
    facts = later("jarvis.assistant.language.facts")
    identify = later("jarvis.assistant.language.identify")

SAMPLED: Final = 4_000
"""So many of the newest messages say which languages the mail is in."""
_TOGETHER: Final = 12
"""Messages of one conversation whose language is told from all of them."""

Sample = Callable[[], Awaitable[Sequence[PlainMessage]]]


def first_embedder(settings: Settings) -> tuple[Selection, str | None]:
    """What makes vectors when the daemon starts, and a notice where a choice was lost.

    One of the environment goes before what a person chose, that before config.toml; the
    shipped table is there where nobody chose. Reads the disk.
    """
    given = settings.embedder and named_embedder(EMBEDDER_PREFIX + settings.embedder)
    selection = Selection(model=given, models_folder=settings.models_folder)
    if settings.is_embedder_given:
        return selection, None
    chosen, notice = selected_model(settings.embedder_file)
    return msgspec.structs.replace(selection, model=chosen or given), notice


class Embedders:
    """What the methods of models do about those that make vectors.

    Args:
        pool: what uses the chosen one.
        settings: where models lie, and where the choice is kept.
        sample: the newest messages, SAMPLED at most; raises StoreUnavailable.
    """

    def __init__(self, pool: EmbedderPool, settings: Settings, sample: Sample) -> None:
        self._pool = pool
        self._settings = settings
        self._sample = sample
        self._suited: SuitedEmbedder | None = None
        self._choosing = asyncio.Lock()

    async def listed(self, pulling: frozenset[str]) -> tuple[ListedModel, ...]:
        """The active one, the table, what is on this disk, and what could be."""
        return await asyncio.to_thread(self._listed, pulling)

    async def suited(self) -> SuitedEmbedder | None:
        """What suits the mail's languages; null while they cannot be read.

        The mail is sampled once there is some: which languages people write hardly
        changes.
        """
        if self._suited is not None:
            return self._suited
        try:
            messages = await self._sample()
        except StoreUnavailable:
            return None
        counts = await asyncio.to_thread(languages_of, messages)
        suited = suited_embedder(counts)
        if counts:
            self._suited = suited
        return suited

    async def use(self, name: str) -> None:
        """Let another model make the vectors, after a restart too.

        Raises:
            ModelUnavailable: it cannot be used; the one before goes on.
        """
        async with self._choosing:
            selection = msgspec.structs.replace(self._pool.selection, model=name)
            await self._pool.use(selection)
            await asyncio.to_thread(keep_selection, self._settings.embedder_file, name)

    async def use_if_none_is_chosen(self, name: str) -> None:
        """Use one that was fetched where nobody has chosen any."""
        if self._pool.selection.model is None:
            await self.use(name)

    def is_active(self, name: str) -> bool:
        """Whether that one makes the vectors."""
        return (self._pool.selection.model or STATIC.name) == name

    def check_unused(self, name: str) -> None:
        """Raise Busy where that one is chosen."""
        if self.is_active(name):
            raise Busy(
                f"{name} is the model that searches: choose another first, or "
                "`jarvis models use static`."
            )

    def _listed(self, pulling: frozenset[str]) -> tuple[ListedModel, ...]:
        selection, found = self._pool.selection, dict[str, ListedModel]()
        folder = self._settings.models_folder
        names = [
            *([selection.model] if selection.model else []),
            STATIC.name,
            *pulled_embedders(folder),
            *(known.name for known in KNOWN_EMBEDDERS),
        ]
        for name in dict.fromkeys(names):
            if name != NO_MODEL:
                found[name] = self._one(name, name in pulling)
        return tuple(found.values())

    def _one(self, name: str, is_coming: bool) -> ListedModel:
        is_active, machine_bytes = self.is_active(name), psutil.virtual_memory().total
        known = known_embedder(name)
        partial = partial_folder_of(self._settings.models_folder, name)
        try:
            selection = msgspec.structs.replace(self._pool.selection, model=name)
            record = resolve_embedder(selection)
        except ModelUnavailable as error:
            if known is None or is_active:
                return broken(name, "bert", str(error), is_active=is_active)
            stage: ModelStage = "available"
            if is_coming or partial.is_dir():
                stage = "downloading" if is_coming else "partial"
            return of_known(known, stage, machine_bytes)
        return of_record(
            record,
            self._stage() if is_active else "ready",
            known_embedder(record.name),
            machine_bytes,
            is_active=is_active,
        )

    def _stage(self) -> ModelStage:
        return "loaded" if self._pool.state.state == "ready" else "ready"


def pulled_embedders(models_folder: Path) -> Iterable[str]:
    """Those of the hub that lie whole below the folder."""
    for hub_id, folder in pulled_folders(models_folder):
        if not folder.name.endswith(PARTIAL) and is_embedder_folder(folder):
            yield hub_id


def languages_of(messages: Sequence[PlainMessage]) -> Counter[str]:
    """How many of the messages are in which language, by its English name.

    Told from some of a conversation together: one alone is often too short to say.
    """
    by_chat = defaultdict[str, list[str]](list)
    for message in messages:
        by_chat[message.chat_id].append(message.text)
    names = {each.code: each.facts.name for each in facts.languages()}
    counts: Counter[str] = Counter()
    for texts in by_chat.values():
        for first in range(0, len(texts), _TOGETHER):
            some = texts[first : first + _TOGETHER]
            if code := identify.language_of(some):
                counts[names[code]] += len(some)
    return counts
