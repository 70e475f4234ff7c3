"""From what a person types to a model that makes vectors, and what a folder says of it."""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from msgspec.structs import replace

from jarvis.errors import ModelUnavailable, NoModelChosen
from jarvis.inference.models.embedder_folder import (
    is_embedder_folder,
    read_embedder_folder,
)
from jarvis.inference.models.embedder_registry import KNOWN_EMBEDDERS, STATIC
from jarvis.inference.models.embedder_selection import (
    named_embedder,
    resolve_embedder,
    resolve_in_bulk,
)
from jarvis.inference.models.record import (
    Embedding,
    ModelRecord,
    model_of_vectors,
    vectors_name,
)
from jarvis.inference.states import NO_MODEL, Selection
from tests.inference.embedders.folders import (
    LONGEST,
    WIDTH,
    write_sentence_piece_folder,
    write_word_piece_folder,
)

MINILM, E5, GRANITE = (known.name for known in KNOWN_EMBEDDERS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small model."""
    return write_word_piece_folder(tmp_path / "own")


def resolved(model: str | None, models_folder: Path | None = None) -> ModelRecord:
    """As the daemon finds it; other programs have fetched nothing."""
    nowhere = Path("/nowhere")
    return resolve_embedder(
        Selection(model=model, models_folder=models_folder, hub_cache=nowhere)
    )


def embedding_of(record: ModelRecord) -> Embedding:
    """What is true of its vectors."""
    assert record.embedding is not None
    return record.embedding


def let_library_be(is_there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether sentence-transformers is found when it is looked for."""
    module = ModuleType("sentence_transformers")
    module.__spec__ = ModuleSpec("sentence_transformers", None)
    found = module if is_there else None
    monkeypatch.setitem(sys.modules, "sentence_transformers", found)


def test_names_folders_and_a_prefix_say_what_is_to_search(
    folder: Path, tmp_path: Path
) -> None:
    """Anything else names a model that writes."""
    writing = tmp_path / "writing"
    writing.mkdir()
    (writing / "config.json").write_text('{"model_type": "llama"}')
    assert named_embedder("static") == "static"
    assert named_embedder("multilingual-E5-small") == E5
    assert named_embedder(str(folder)) == str(folder)
    assert named_embedder("embedder:none") == NO_MODEL
    assert named_embedder("embedder:org/other") == "org/other"
    assert named_embedder(f"embedder:{writing}") == str(writing)
    for other in ("none", "scripted", "org/other", "openai:static", str(writing)):
        assert named_embedder(other) is None


def test_nothing_chosen_is_the_table() -> None:
    """It needs no folder, and none is a choice of its own."""
    assert resolved(None) == resolved("static") == STATIC
    with pytest.raises(NoModelChosen, match="words alone"):
        resolved(NO_MODEL)


def test_a_folder_says_how_its_model_is_used(folder: Path) -> None:
    """Its path is its name, so that the index finds it again."""
    record = resolved(str(folder))
    embedding = embedding_of(record)
    assert (record.name, record.path, record.engine) == (str(folder),) * 2 + ("bert",)
    assert (embedding.dims, embedding.max_tokens) == (WIDTH, LONGEST)
    assert embedding.pooling == "mean"


def test_a_card_beside_the_model_has_the_last_word(folder: Path) -> None:
    """Over prompts that the folder names; both over nothing."""
    prompts = {"prompts": {"query": "ask: ", "document": "text: "}}
    (folder / "config_sentence_transformers.json").write_bytes(
        msgspec.json.encode(prompts)
    )
    before = embedding_of(resolved(str(folder)))
    assert (before.query_prefix, before.passage_prefix) == ("ask: ", "text: ")
    card = {"query_prefix": "", "threshold": 0.7, "single_weight": 0.1}
    (folder / "jarvis.json").write_bytes(msgspec.json.encode(card))
    after = embedding_of(resolved(str(folder)))
    assert (after.query_prefix, after.passage_prefix) == ("", "text: ")
    assert (after.threshold, after.single_weight) == (0.7, 0.1)


@pytest.mark.parametrize("name", [E5.replace("/", "--"), E5.replace("/", "__")])
def test_a_known_model_keeps_its_measures_in_any_folder(
    name: str, tmp_path: Path
) -> None:
    """Pulled, or copied to a place of one's own."""
    folder = write_sentence_piece_folder(tmp_path / name)
    own, pulled = resolved(str(folder)), None
    if "--" in name:
        pulled = resolved(E5, tmp_path)
        assert (pulled.name, pulled.path) == (E5, str(folder))
    for record in filter(None, (own, pulled)):
        embedding = embedding_of(record)
        assert embedding.query_prefix == "query: "
        assert embedding.threshold == KNOWN_EMBEDDERS[1].embedding.threshold
        assert record.licence == "MIT"


def test_a_folder_written_anew_is_another_model_to_the_index(folder: Path) -> None:
    """Vectors of the numbers before are near to nothing by the new ones."""
    before = embedding_of(resolved(str(folder))).revision
    assert embedding_of(resolved(str(folder))).revision == before
    weights = folder / "model.safetensors"
    os.utime(weights, ns=(1, 1))
    assert embedding_of(resolved(str(folder))).revision != before
    (folder / "jarvis.json").write_text('{"revision": "abc"}')
    assert embedding_of(resolved(str(folder))).revision == "abc"


@pytest.mark.parametrize(
    "name", ["static", E5, "/home/you/my models/a b", "/a@b/c", "embedder:none"]
)
def test_a_name_of_vectors_holds_the_models_own(name: str) -> None:
    """With its revision; the model's name alone is one, too, whatever is in it."""
    record = replace(STATIC, name=name)
    assert model_of_vectors(vectors_name(record)) == (name, "1")
    assert model_of_vectors(name) == (name, None)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("/no/such/folder", "There is no model folder"),
        ("what is this", "neither a folder nor a hub id"),
        ("org/unknown", "`jarvis models pull org/unknown`"),
        (MINILM, "`jarvis models pull"),
    ],
)
def test_what_is_not_here_is_said_to_be_so(model: str, said: str) -> None:
    """With what to do; nothing is fetched."""
    with pytest.raises(ModelUnavailable, match=said):
        resolved(model)


@pytest.mark.parametrize(
    "file", ["config.json", "model.safetensors", "1_Pooling/config.json"]
)
def test_what_a_folder_lacks_is_named(file: str, folder: Path) -> None:
    """One file after the other."""
    (folder / file).unlink()
    with pytest.raises(ModelUnavailable, match=str(folder)):
        resolved(str(folder))


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.json", {"model_type": "modernbert", "hidden_size": WIDTH}),
        ("config.json", {"model_type": "bert", "hidden_size": WIDTH,
                         "position_embedding_type": "relative_key"}),
        ("1_Pooling/config.json", {"pooling_mode": "max"}),
        ("1_Pooling/config.json", {"pooling_mode": ["mean", "cls"]}),
        ("1_Pooling/config.json", {"pooling_mode_weightedmean_tokens": True}),
    ],
)  # fmt: skip
def test_what_numpy_cannot_run_needs_the_library(
    file: str, content: object, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other layers, other ways of pooling: with it they run, without it they say so."""
    (folder / file).write_bytes(msgspec.json.encode(content))
    assert not read_embedder_folder(folder).is_bert
    for is_there in (True, False):
        let_library_be(is_there, monkeypatch)
        if is_there:
            assert resolved(str(folder)).engine == "sentence"
        else:
            with pytest.raises(ModelUnavailable, match="pip install"):
                resolved(str(folder))


def test_many_texts_are_embedded_by_the_library_where_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vectors are the same; the table stays what it is."""
    for is_there, engine in ((True, "sentence"), (False, "bert")):
        let_library_be(is_there, monkeypatch)
        assert resolve_in_bulk(Selection(model=str(folder))).engine == engine
        assert resolve_in_bulk(Selection()).engine == "static"


def test_a_folder_leads_nowhere_but_into_itself(folder: Path, tmp_path: Path) -> None:
    """Whatever its list of modules names."""
    (tmp_path / "config.json").write_text('{"pooling_mode": "cls"}')
    modules = [{"path": "..", "type": "sentence_transformers.models.Pooling"}]
    (folder / "modules.json").write_bytes(msgspec.json.encode(modules))
    assert read_embedder_folder(folder).pooling == "mean"
    assert is_embedder_folder(folder)
