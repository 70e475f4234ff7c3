"""How the daemon reaches the model that makes vectors: for a question, and for the index.

Questions and the index have a process each, so that nobody's question waits for a batch;
the shipped table answers questions in the daemon itself. What begins slowly and is quick
with many texts is not begun for a few.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from jarvis.errors import ModelUnavailable
from jarvis.inference.embedder import (
    Embedder,
    Passages,
    StoredVectors,
    Texts,
    Vectors,
    readable,
)
from jarvis.inference.models.record import (
    ModelRecord,
    model_of_vectors,
    vectors_name,
)
from jarvis.inference.pool.model_process import WorkerKind
from jarvis.inference.pool.model_queue import ModelQueue
from jarvis.inference.states import ModelState, Selection
from jarvis.later import later

if TYPE_CHECKING:
    import struct
else:
    struct = later("struct")

QUERIES_KEEP_ALIVE_S: Final = 300.0
"""How long the process for questions stays after the last one."""
BULK_KEEP_ALIVE_S: Final = 30.0
"""The same for the index, which says when it is done; this is for where it cannot."""
_MOST_TEXTS: Final = 256
_MOST_LETTERS: Final = 200_000
"""In one request: a line holds 4 MiB, and a letter may take six bytes and more."""


FEW: Final = 64
"""Up to so many texts, as new mail brings them, are no reason to begin that process."""


class EmbedderKinds(msgspec.Struct, frozen=True):
    """How each of the processes is started, and what needs none."""

    queries: WorkerKind
    few: WorkerKind
    bulk: WorkerKind
    table: Callable[[ModelRecord], Embedder]
    """The engine "static", made here; takes a moment, so it is called in a thread."""


class EmbedderPool:
    """Made by `embedding`. What it starts ends when nobody needs it for a while."""

    def __init__(
        self,
        selection: Selection,
        kinds: EmbedderKinds,
        *,
        log_path: Path,
        keep_alive_s: float,
        on_state: Callable[[ModelState], None],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._selection = selection
        self._kinds = kinds
        self._model: ModelRecord | None = None
        self._table: Embedder | None = None
        self._looking = asyncio.Lock()
        self._queries = ModelQueue(
            selection, kinds.queries, log_path, keep_alive_s, on_state, tasks
        )
        self._bulk = ModelQueue(
            selection,
            kinds.bulk,
            log_path,
            BULK_KEEP_ALIVE_S,
            lambda state: None,
            tasks,
        )
        self._few = ModelQueue(
            selection, kinds.few, log_path, BULK_KEEP_ALIVE_S, lambda state: None, tasks
        )
        self.followers: list[Callable[[], None]] = []
        """Called when another model was chosen; they ask for it and return at once."""

    # Which model

    @property
    def selection(self) -> Selection:
        """What is chosen now."""
        return self._selection

    @property
    def state(self) -> ModelState:
        """Where the model stands that answers questions."""
        return self._queries.process.state

    async def model(self) -> ModelRecord:
        """The chosen model, which need not be loaded.

        Raises:
            NoModelChosen: it was chosen to have none.
            ModelUnavailable: it is not whole on this machine.
        """
        while self._model is None:
            selection = self._selection
            model = await self.model_named(selection.model)
            if selection is self._selection:
                self._model = model
        return self._model

    async def model_named(self, name: str | None) -> ModelRecord:
        """The model of a record's name, chosen or not, as it is on this machine now.

        With a name as `vectors_name` makes them, that very one, whose vectors are known.

        Raises: as `model`.
        """
        plain, revision = (None, None) if name is None else model_of_vectors(name)
        selection = replace(self._selection, model=plain)
        model = await asyncio.to_thread(self._kinds.queries.resolve, selection)
        if revision is not None and vectors_name(model) != name:
            raise ModelUnavailable(
                f"The model {plain} is not what it was when messages were last embedded; "
                "what they mean is found again when that is done anew."
            )
        return model

    async def use(self, selection: Selection) -> None:
        """Let another model make the vectors from now on, and tell the followers.

        Raises:
            ModelUnavailable: it cannot be used; the selection stays as it was.
        """
        await self._queries.use(selection)
        await self._few.use(selection)
        await self._bulk.use(selection)
        self._selection, self._model = selection, None
        for follower in self.followers:
            follower()

    # Vectors

    async def embed_query(self, text: str, *, model: str | None = None) -> bytes:
        """The vector of a question: little-endian float32, as Vectors says.

        `model` is the name of the one whose vectors it is compared with (`vectors_name`),
        where that is not the chosen one: the one before answers until the index is whole.

        Raises:
            NoModelChosen: it was chosen to have none.
            ModelUnavailable: it cannot be started, loaded or used.
        """
        record = await (self.model() if model is None else self.model_named(model))
        texts = Texts(texts=(readable(text),), kind="query")
        if record.engine == "static":
            return await self._by_table(record, texts)
        selection = replace(self._selection, model=record.name)
        try:
            answer = await self._queries.ask("embed", texts, Vectors, selection)
        except ModelUnavailable:
            self._model = None  # whoever asks next is told how the folder is then
            raise
        return answer.values

    async def _by_table(self, record: ModelRecord, texts: Texts) -> bytes:
        async with self._looking:
            if self._table is None:
                self._table = await asyncio.to_thread(self._kinds.table, record)
            # In a thread all the same: numpy may be loaded only now.
            vectors = await asyncio.to_thread(
                self._table.embed, texts.texts, texts.kind
            )
        return vectors.tobytes()

    async def mean(self, texts: Iterable[str], *, model: str | None = None) -> bytes:
        """The mean of the texts' vectors, by which sign codes are centred.

        `model`, here and for `store`: the name of the one whose vectors they are to be,
        whatever is chosen by now; null: the chosen one's.

        Raises:
            ValueError: there are no texts.
            NoModelChosen, ModelUnavailable: as `embed_query`.
        """
        selection = self._selection_of(model)
        sums: list[float] = []
        count = 0
        for some in _parts(texts):
            answer = await self._bulk.ask("mean", Texts(texts=some), Vectors, selection)
            means = struct.unpack(f"<{len(answer.values) // 4}f", answer.values)
            sums = sums or [0.0] * len(means)
            sums = [
                whole + part * len(some)
                for whole, part in zip(sums, means, strict=True)
            ]
            count += len(some)
        if not count:
            raise ValueError("no texts have no mean")
        return struct.pack(f"<{len(sums)}f", *(each / count for each in sums))

    async def store(
        self, texts: Sequence[str], mean: bytes, *, model: str | None = None
    ) -> StoredVectors:
        """The texts' vectors as the index keeps them, in the order of the texts.

        Cancelling it frees the process after at most some tens of texts.

        Raises: as `embed_query`.
        """
        selection = self._selection_of(model)
        is_much = len(texts) > FEW or self._bulk.process.is_running
        queue = self._bulk if is_much else self._few
        parts = [
            await queue.ask(
                "store", Passages(texts=some, mean=mean), StoredVectors, selection
            )
            for some in _parts(texts)
        ]
        return StoredVectors(
            rows=b"".join(part.rows for part in parts),
            scales=b"".join(part.scales for part in parts),
            codes=b"".join(part.codes for part in parts),
        )

    def _selection_of(self, model: str | None) -> Selection:
        selection = self._selection
        return selection if model is None else replace(selection, model=model)

    # How it ends

    def release(self) -> None:
        """The index is done for now: end its process, which gives its memory back."""
        self._few.unload()
        self._bulk.unload()

    async def close(self) -> None:
        """End the processes and see them gone."""
        self._table = None
        await self._queries.close()
        await self._few.close()
        await self._bulk.close()


def _parts(texts: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The texts as they travel, as many together as fit a line."""
    part: list[str] = []
    letters = 0
    for text in map(readable, texts):
        if part and (len(part) == _MOST_TEXTS or letters + len(text) > _MOST_LETTERS):
            yield tuple(part)
            part, letters = [], 0
        part.append(text)
        letters += len(text)
    if part:
        yield tuple(part)


@asynccontextmanager
async def embedding(
    selection: Selection,
    kinds: EmbedderKinds,
    *,
    log_path: Path,
    keep_alive_s: float = QUERIES_KEEP_ALIVE_S,
    on_state: Callable[[ModelState], None] = lambda state: None,
) -> AsyncIterator[EmbedderPool]:
    """A pool for as long as the block runs; its processes have ended when it is left."""
    async with asyncio.TaskGroup() as tasks:
        pool = EmbedderPool(
            selection,
            kinds,
            log_path=log_path,
            keep_alive_s=keep_alive_s,
            on_state=on_state,
            tasks=tasks,
        )
        try:
            yield pool
        finally:
            await pool.close()
