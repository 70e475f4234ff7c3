"""From the setting to a model that is on this machine."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from jarvis.errors import ModelUnavailable
from jarvis.inference.models import (
    default_hub_cache,
    mlx_is_installed,
    read_model,
    resolve_model,
)

needs_mlx = pytest.mark.skipif(
    not mlx_is_installed(), reason="mlx-lm is not installed on this machine"
)


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
    assert (model.name, model.prompt_form, model.licence) == ("small", "chat", None)
    assert (model.context_tokens, model.size_bytes) == (512, 8)


def test_a_card_in_the_folder_says_more(folder: Path) -> None:
    """The demo's own model names its prompt form so."""
    card = {
        "name": "demo",
        "prompt_form": "thread",
        "licence": "MIT",
        "context_tokens": 256,
        "description": "small",
    }
    (folder / "jarvis.json").write_text(json.dumps(card))
    model = read_model(folder)
    assert (model.name, model.prompt_form, model.licence) == ("demo", "thread", "MIT")
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
    card.write_text('{"prompt_form": "poem"}')
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
            resolve_model("mlx", path)


@needs_mlx
def test_a_hub_id_means_the_files_that_are_here_already(
    folder: Path, tmp_path: Path
) -> None:
    """The main revision in the hub's cache; the model keeps the id as its name."""
    cache = tmp_path / "hub"
    root = cache / "models--org--name"
    (root / "refs").mkdir(parents=True)
    (root / "snapshots").mkdir()
    (root / "refs" / "main").write_text("abc123")
    folder.rename(root / "snapshots" / "abc123")
    assert resolve_model(None, "org/name", hub_cache=cache).name == "org/name"
    with pytest.raises(ModelUnavailable, match="never downloads"):
        resolve_model(None, "org/other", hub_cache=cache)


@needs_mlx
def test_what_is_no_model_at_all_is_named() -> None:
    """No setting, and a setting that is neither folder nor id."""
    with pytest.raises(ModelUnavailable, match="No model is chosen"):
        resolve_model(None, None)
    with pytest.raises(ModelUnavailable, match="neither a folder nor a hub id"):
        resolve_model(None, "what/is/this")


def test_a_machine_without_mlx_lm_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what to install, or how to try Jarvis without a model."""
    monkeypatch.setitem(sys.modules, "mlx_lm", None)
    with pytest.raises(ModelUnavailable, match=r"install jarvis\[mlx\].*=scripted"):
        resolve_model(None, "org/name")


def test_scripted_needs_no_model() -> None:
    """The engine of tests is a model without a folder."""
    assert resolve_model("scripted", None).kind == "scripted"


def test_the_hub_cache_is_where_its_variables_say() -> None:
    """HF_HUB_CACHE before HF_HOME before the home folder."""
    both = {"HF_HUB_CACHE": "/a", "HF_HOME": "/b"}
    assert default_hub_cache(both) == Path("/a")
    assert default_hub_cache({"HF_HOME": "/b"}) == Path("/b/hub")
    assert default_hub_cache({}) == Path.home() / ".cache" / "huggingface" / "hub"
