"""Names that come from a hub: whatever they are, files stay in their folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.errors import ModelUnavailable
from jarvis.inference.models.folder import folder_of, partial_folder_of, pulled_folders
from jarvis.inference.models.hub import Listing, Sibling
from jarvis.inference.models.manifest import manifest_of
from jarvis.inference.models.selection import is_hub_id
from tests.inference.models.hub import COMMIT

SHELF = Path("/home/models")
PIECES = [
    *("..", ".", "/", "\\", "-", "--", "a", "LICENSE", ".safetensors", ".py", "\0"),
    *("1_Pooling", "config.json", "1_Pooling/config.json", "\n"),
]
names = st.one_of(
    st.text(max_size=20),
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
)


@given(st.lists(names, max_size=5))
def test_no_name_of_a_hub_leads_out_of_the_folder(strange: list[str]) -> None:
    """Nor deeper than into a module's, nor to a file of another kind than is needed."""
    plain = ["config.json", "tokenizer.json", "model.safetensors"]
    siblings = [Sibling(name, 1, "0" * 40) for name in (*plain, *strange)]
    files = manifest_of(Listing(COMMIT, siblings), "org/name")
    for file in files:
        *inner, last = file.name.split("/")
        assert (SHELF / file.name).parent == Path(SHELF, *inner)
        assert (not inner) or (inner[0][0].isdigit() and last.startswith("config."))
        assert len(inner) < 2
        assert Path(last).name == last
        assert not file.name.startswith(".")
        assert not file.name.endswith((".py", ".part"))


@given(names, names)
def test_a_hub_id_is_the_name_of_one_folder(org: str, name: str) -> None:
    """And of no other hub id's."""
    hub_id = f"{org}/{name}"
    if is_hub_id(hub_id):
        for folder in (folder_of(SHELF, hub_id), partial_folder_of(SHELF, hub_id)):
            assert folder.parent == SHELF
        assert folder_of(SHELF, hub_id).name.replace("--", "/", 1) == hub_id


def test_a_file_without_a_hash_is_not_wanted() -> None:
    """What cannot be checked is not fetched."""
    plain = ["config.json", "tokenizer.json", "model.safetensors"]
    for size, git_sha1 in ((1, None), (None, "0" * 40), (-1, "0" * 40), (1, "beef")):
        siblings = [Sibling(name, size, git_sha1) for name in plain]
        with pytest.raises(ModelUnavailable, match="how to check"):
            manifest_of(Listing(COMMIT, siblings), "org/name")


def test_pulled_models_are_found_by_their_folders(tmp_path: Path) -> None:
    """Whole ones and others; files beside them are passed over."""
    (tmp_path / "org--b").mkdir()
    (tmp_path / "org--a.partial").mkdir()
    (tmp_path / "note").write_text("")
    found = [(hub_id, folder.name) for hub_id, folder in pulled_folders(tmp_path)]
    assert found == [("org/a", "org--a.partial"), ("org/b", "org--b")]
    assert list(pulled_folders(tmp_path / "none")) == []
