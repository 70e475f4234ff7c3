"""From a selection to a model that can be used from this machine."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from jarvis.errors import ModelUnavailable, NoModelChosen
from jarvis.inference.models.folder import read_model
from jarvis.inference.models.registry import REGISTRY, default_model, fits_memory
from jarvis.inference.models.selection import (
    default_hub_cache,
    resolve_model,
    selection_of,
)
from jarvis.inference.states import Selection
from tests.needs import needs_mlx


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like a model; its files hold next to nothing."""
    path = tmp_path / "small"
    path.mkdir()
    (path / "config.json").write_text('{"max_position_embeddings": 512}')
    (path / "model.safetensors").write_bytes(b"12345678")
    (path / "tokenizer.json").write_text("{}")
    return path


def test_a_folder_is_read_as_it_is(folder: Path) -> None:
    """Its name, how much it reads and how big it is; spoken to by chat template."""
    model = read_model(folder)
    assert (model.name, model.prompt_style, model.licence) == ("small", "chat", None)
    assert (model.context_tokens, model.size_bytes) == (512, 8)


@needs_mlx
def test_a_folder_named_from_here_is_told_in_full(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker that loads it runs in another directory."""
    monkeypatch.chdir(folder.parent)
    for named in ("small", "./small"):
        assert resolve_model(Selection(model=named)).path == str(folder)


def test_a_card_in_the_folder_says_more(folder: Path) -> None:
    """The demo's own model names the form of its prompts so."""
    card = {
        "name": "demo",
        "prompt_form": "thread",
        "licence": "MIT",
        "context_tokens": 256,
        "description": "small",
    }
    (folder / "jarvis.json").write_text(json.dumps(card))
    model = read_model(folder)
    assert (model.name, model.prompt_style, model.licence) == ("demo", "thread", "MIT")
    assert model.context_tokens == 256


def test_models_that_see_keep_their_window_deeper(folder: Path) -> None:
    """text_config.max_position_embeddings counts; without any there is a careful guess."""
    config = folder / "config.json"
    config.write_text('{"text_config": {"max_position_embeddings": 9000}}')
    assert read_model(folder).context_tokens == 9000
    config.write_text("{}")
    assert read_model(folder).context_tokens == 2048


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("config.json", "no config.json"),
        ("model.safetensors", "no weights"),
        ("tokenizer.json", "no tokenizer.json"),
    ],
)
def test_a_folder_that_is_not_whole_is_refused(
    folder: Path, missing: str, sentence: str
) -> None:
    """The sentence says what is missing and what to do."""
    (folder / missing).unlink()
    with pytest.raises(ModelUnavailable, match=f"{sentence}.*fetch it again"):
        read_model(folder)


def test_broken_descriptions_are_refused(folder: Path) -> None:
    """A config.json or jarvis.json that cannot be read is named."""
    card = folder / "jarvis.json"
    card.write_text('{"prompt_form": 7}')
    with pytest.raises(ModelUnavailable, match=r"jarvis\.json .*correct or remove it"):
        read_model(folder)
    config = folder / "config.json"
    config.unlink()
    config.mkdir()
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        read_model(folder)
    config.rmdir()
    config.write_text("[1")
    with pytest.raises(ModelUnavailable, match="not a JSON object"):
        read_model(folder)


@needs_mlx
def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    """Never taken for a hub id, never downloaded."""
    for path in (str(tmp_path / "no"), "./no/such", "~/no"):
        with pytest.raises(ModelUnavailable, match="There is no model folder"):
            resolve_model(Selection(engine="mlx", model=path))


@needs_mlx
def test_a_hub_id_means_the_files_that_are_here_already(
    folder: Path, tmp_path: Path
) -> None:
    """What was pulled, else the main revision in the hub's cache; under its id."""
    cache, directory = tmp_path / "hub", tmp_path / "models"
    selection = Selection(model="org/name", hub_cache=cache, models_folder=directory)
    with pytest.raises(ModelUnavailable, match=r"never downloads.*pull org/name"):
        resolve_model(selection)
    root = cache / "models--org--name"
    (root / "refs").mkdir(parents=True)
    (root / "snapshots").mkdir()
    (root / "refs" / "main").write_text("abc123")
    shutil.copytree(folder, root / "snapshots" / "abc123")
    cached = resolve_model(selection)
    assert (cached.name, cached.path) == ("org/name", str(root / "snapshots/abc123"))
    directory.mkdir()
    folder.rename(directory / "org--name")
    assert resolve_model(selection).path == str(directory / "org--name")


@needs_mlx
def test_what_is_no_model_at_all_is_named() -> None:
    """Nothing chosen says what to type; what is neither folder nor id is said so."""
    with pytest.raises(NoModelChosen, match="`jarvis models pull mlx-community/"):
        resolve_model(Selection())
    for strange in ("what/is/this", "a/..", "../a/b--c", "a--b/c", "-a/b"):
        with pytest.raises(ModelUnavailable, match=r"neither a folder|no model folder"):
            resolve_model(Selection(model=strange))


def test_no_model_may_be_the_choice() -> None:
    """Then drafts come from past replies, and no engine is asked for."""
    with pytest.raises(NoModelChosen, match="chose to have no model"):
        resolve_model(selection_of("none", Selection(engine="mlx", model="org/name")))


def test_a_machine_without_mlx_lm_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what to install, whether a model is chosen or not."""
    monkeypatch.setitem(sys.modules, "mlx_lm", None)
    with pytest.raises(ModelUnavailable, match=r"install jarvis\[mlx\]"):
        resolve_model(Selection(model="org/name"))
    with pytest.raises(NoModelChosen, match=r"install jarvis\[mlx\].*openai:NAME"):
        resolve_model(Selection())


def test_scripted_is_never_chosen_by_itself() -> None:
    """It needs no model, and is taken where the settings say so alone."""
    scripted = Selection(engine="scripted")
    assert resolve_model(scripted).engine == "scripted"
    assert selection_of("scripted", scripted).engine == "scripted"
    assert selection_of("scripted", Selection()).engine == "mlx"


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("openai:llama3.2:3b", "llama3.2:3b", "http://127.0.0.1:11434/v1"),
        ("openai:qwen@q4@http://[::1]:1234/v1/", "qwen@q4", "http://[::1]:1234/v1"),
        ("openai:a@http://localhost:1/v1", "a", "http://localhost:1/v1"),
        ("openai:a@localhost:18111/v1", "a", "http://localhost:18111/v1"),
        ("openai:a@localhost:18111", "a", "http://localhost:18111/v1"),
        ("openai:a@localhost", "a", "http://localhost/v1"),
        ("openai:a@localhost/v1/", "a", "http://localhost/v1"),
        ("openai:a@127.0.0.1:8080/", "a", "http://127.0.0.1:8080/v1"),
        ("openai:a@127.0.0.1:8080/api/v2/", "a", "http://127.0.0.1:8080/api/v2"),
        ("openai:a@[::1]:1234", "a", "http://[::1]:1234/v1"),
        ("openai:a@http://localhost:1", "a", "http://localhost:1/v1"),
        ("openai:a@HTTPS://localhost:1/v1", "a", "https://localhost:1/v1"),
        ("openai:qwen@q4_k_m", "qwen@q4_k_m", "http://127.0.0.1:11434/v1"),
        ("openai:q@q4@localhost:1/v1", "q@q4", "http://localhost:1/v1"),
        ("openai:org/a:4b@localhost:1", "org/a:4b", "http://localhost:1/v1"),
        ("openai:/models/a b.gguf@[::1]:1", "/models/a b.gguf", "http://[::1]:1/v1"),
        ("openai:a@unix:/tmp/a@b.sock", "a", "unix:/tmp/a@b.sock"),
    ],
)
def test_a_model_of_a_server_is_chosen_by_name_and_address(
    text: str, name: str, address: str
) -> None:
    """Ollama's address where none is given; names may hold any mark.

    What an address lacks of its scheme and of /v1 is added.
    """
    model = resolve_model(selection_of(text, Selection()))
    assert (model.engine, model.name, model.address) == ("openai", name, address)
    assert not model.address_is_trusted


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        ("http://192.0.2.1:11434/v1", "not on this machine.*allow_remote_server"),
        ("http://no.such.host.invalid/v1", "not on this machine"),
        ("http://127.0.0.1.example.invalid/v1", "not on this machine"),
        ("http://me:secret@127.0.0.1/v1", "no name or password"),
        ("ftp://127.0.0.1/v1", "is no address"),
        ("", "is no address"),
        ("localhost:port/v1", "is no address"),
        ("::1:8080/v1", "is no address"),
        ("192.0.2.1:11434", "not on this machine.*allow_remote_server"),
        ("file:///v1", "is no address"),
        ("http://127.0.0.1:99999/v1", "is no address"),
        ("http://127.0.0.1/v1?key=1", "is no address"),
        ("unix:server.sock", "names no socket: write its whole path"),
    ],
)
def test_a_server_elsewhere_or_a_strange_address_is_refused(
    server: str, sentence: str
) -> None:
    """Messages stay on this machine unless the person says otherwise."""
    with pytest.raises(ModelUnavailable, match=sentence) as raised:
        resolve_model(Selection(engine="openai", model="a", server=server))
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "text", ["openai:a@", "openai:a@localhost:port/v1", "openai:a@ws://localhost:1/v1"]
)
def test_what_is_meant_as_an_address_and_is_none_is_refused(text: str) -> None:
    """It is not taken for a part of the name."""
    with pytest.raises(ModelUnavailable, match="is no address"):
        resolve_model(selection_of(text, Selection()))


def test_a_server_elsewhere_can_be_allowed() -> None:
    """The record says so, and the engine goes by that."""
    selection = Selection(
        engine="openai",
        model="a",
        server="https://192.0.2.1/v1",
        allow_remote_server=True,
    )
    model = resolve_model(selection)
    assert model.address == "https://192.0.2.1/v1"
    assert model.address_is_trusted


def test_a_server_without_a_model_is_no_choice() -> None:
    """It would have to be guessed."""
    with pytest.raises(NoModelChosen, match="No model of the server"):
        resolve_model(Selection(engine="openai"))


def test_the_hub_cache_is_where_its_variables_say() -> None:
    """HF_HUB_CACHE before HF_HOME before the home folder."""
    both = {"HF_HUB_CACHE": "/a", "HF_HOME": "/b"}
    assert default_hub_cache(both) == Path("/a")
    assert default_hub_cache({"HF_HOME": "/b"}) == Path("/b/hub")
    assert default_hub_cache({}) == Path.home() / ".cache" / "huggingface" / "hub"


def test_names_of_the_registry_may_be_short() -> None:
    """Their organisation is known, and so is how they are spelled."""
    assert (
        selection_of("qwen3-8b-4bit", Selection()).model
        == "mlx-community/Qwen3-8B-4bit"
    )


def test_every_machine_has_a_model_that_fits() -> None:
    """By the rule that a model may take 40 % of the memory."""
    for machine_gib, name in ((8, "Qwen3.5-2B"), (16, "Qwen3-4B"), (64, "Qwen3-4B")):
        known = default_model(machine_gib * 2**30)
        assert name in known.name
        assert fits_memory(known.memory_bytes, machine_gib * 2**30)
    assert not fits_memory(REGISTRY[2].memory_bytes, 8 * 2**30)


def test_memory_is_the_weights_and_what_a_prompt_leaves(folder: Path) -> None:
    """Keys and values of each layer for 2,048 tokens, where config.json tells sizes."""
    assert read_model(folder).memory_bytes == 8
    sizes = {
        "num_hidden_layers": 28,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "hidden_size": 2048,
    }
    (folder / "config.json").write_text(json.dumps(sizes))
    assert read_model(folder).memory_bytes == 8 + 2048 * 112 * 1024
