"""A model as a value: what it is, where it is, and how to speak to it."""

from __future__ import annotations

from typing import Final, Literal

from jarvis.records import Record

EngineName = Literal["mlx", "openai", "apple", "scripted", "static", "bert", "sentence"]
"""The last three make vectors; the others write."""


class Embedding(Record, frozen=True, kw_only=True):
    """What is true of a model's vectors and of no other model's."""

    dims: int
    query_prefix: str = ""
    """Put before what is looked for, as the model was trained; likewise for passages."""
    passage_prefix: str = ""
    pooling: Literal["mean", "cls"] = "mean"
    max_tokens: int = 128
    """What of a text is longer is not looked at."""
    threshold: float
    """The least similarity at which a text is likely meant; measured."""
    single_weight: float
    """How much a message's own similarity counts beside that of those around it."""
    languages: Literal["english", "many"] = "english"
    revision: str = ""
    """Tells these numbers from those that a model of the same name had before."""

    def prefix(self, kind: Literal["query", "passage"]) -> str:
        """What is put before a text of this kind."""
        return self.query_prefix if kind == "query" else self.passage_prefix


class ModelRecord(Record, frozen=True):
    """A model that can be used from this machine, and how to speak to it."""

    name: str
    path: str | None
    """Its folder; null for the engines that have none."""
    engine: EngineName
    prompt_style: str
    """How it is spoken to: "chat" as models are that follow instructions; whoever puts the
    program together may know more. The scripted engine has a style of its own."""
    licence: str | None
    context_tokens: int
    """How much it can read and write together."""
    size_bytes: int
    """Of its weights on this disk."""
    address: str | None = None
    """Of a server that speaks OpenAI's protocol, up to and with its /v1."""
    chat_template: str | None = None
    """Of a server's model, where a person names it; servers render their own."""
    address_is_trusted: bool = False
    """Whether the person allowed it to be another machine; else only loopback will do."""
    memory_bytes: int | None = None
    """What it takes when loaded: weights, and what it keeps of a prompt; null: unknown."""
    silence_s: float = 300.0
    """How long a server may say nothing; it may have to load its model first."""
    embedding: Embedding | None = None
    """Of a model that makes vectors, and of no other."""
    token_ms: float = 0.0
    """How long the scripted engine takes for a token."""


def vectors_name(model: ModelRecord) -> str:
    """Names what gives these vectors and no others: the model, and which of its name."""
    assert model.embedding is not None
    return f"{model.embedding.revision} {model.name}"


def model_of_vectors(name: str) -> tuple[str, str | None]:
    """The model's own name in such a name, or in its own, and the revision if named."""
    revision, blank, model = name.partition(" ")
    # Blanks stand only in the paths of folders, which begin with a slash.
    return (model, revision) if blank and "/" not in revision else (name, None)


SCRIPTED: Final = ModelRecord(
    name="scripted",
    path=None,
    engine="scripted",
    prompt_style="chat",
    licence=None,
    context_tokens=8192,
    size_bytes=0,
)
"""The engine of tests and pictures, as a model."""
