"""A model fetched from a hub that behaves, and from hubs that do not."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jarvis.errors import Busy, JarvisError, ModelUnavailable
from jarvis.inference.models.download import MOST_TRIES, ModelDownload, Origin
from jarvis.inference.models.fetching import fetch
from jarvis.inference.models.folder import (
    folder_of,
    partial_folder_of,
    read_model,
    read_model_card,
)
from jarvis.inference.models.hub import Hub as HubClient
from jarvis.inference.models.manifest import manifest_of
from jarvis.inference.models.progress import (
    STEP_S,
    FailedLine,
    FoundLine,
    Line,
    Progress,
    ProgressLine,
)
from jarvis.inference.models.registry import REGISTRY
from jarvis.inference.process import worker_environment
from tests.inference.models.hub import COMMIT, HUB_ID, WEIGHTS, Hub, serving


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub that behaves until a test says otherwise."""
    with serving(Hub()) as hub:
        yield hub


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where models go."""
    return tmp_path / "models"


def pulled(hub: Hub, directory: Path, hub_id: str = HUB_ID) -> list[Any]:
    """Fetch in this process; what was said on the way."""
    said: list[Any] = []
    fetch(hub_id, directory, hub.environment, said.append)
    return said


def stored(hub: Hub, directory: Path, **patience: float) -> None:
    """Fetch without the pauses that are for the good of real hubs."""
    client = HubClient(hub.environment, **patience)
    files = manifest_of(client.listing(HUB_ID, "main"), HUB_ID)
    origin = Origin(client, HUB_ID, COMMIT, pause_s=0.0)
    ModelDownload(origin, directory).fetch(
        files, read_model_card(directory), lambda done: None
    )


def weights(folder: Path) -> bytes:
    """The big file of a model's folder."""
    return (folder / WEIGHTS).read_bytes()


def test_a_model_arrives_whole_and_can_be_read(hub: Hub, directory: Path) -> None:
    """Its folder, its licence, its commit, and nobody else may look into it."""
    found, *progress = pulled(hub, directory)
    folder = folder_of(directory, HUB_ID)
    model = read_model(folder)
    assert (model.name, model.licence) == (HUB_ID, "apache-2.0")
    assert read_model_card(folder).revision == COMMIT
    assert weights(folder) == hub.files[WEIGHTS]
    assert isinstance(found, FoundLine)
    total = found.size_bytes
    assert progress[-1] == ProgressLine(done_bytes=total, total_bytes=total)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert not partial_folder_of(directory, HUB_ID).exists()


def test_programs_and_pickles_are_never_asked_for(hub: Hub, directory: Path) -> None:
    """Nor files with a folder in their name, wherever that would lead."""
    hub.extra_siblings = [
        {"rfilename": name, "size": 1, "blobId": "0" * 40}
        for name in ("../config.json", "/etc/x.safetensors", "a/b.safetensors", "x.so")
    ]
    pulled(hub, directory)
    names = {path.name for path in folder_of(directory, HUB_ID).iterdir()}
    assert names == {
        *("config.json", "tokenizer.json", WEIGHTS, "README.md", "jarvis.json")
    }
    assert not any(path.endswith((".py", ".bin", ".so")) for path, _ in hub.asked)


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        (WEIGHTS, "no weights as safetensors"),
        ("config.json", "no config.json"),
        ("tokenizer.json", "no tokenizer.json"),
    ],
)
def test_a_repository_that_is_no_model_is_refused(
    hub: Hub, directory: Path, missing: str, sentence: str
) -> None:
    """Before a byte of it is fetched."""
    del hub.files[missing]
    with pytest.raises(ModelUnavailable, match=f"{sentence}.*choose"):
        pulled(hub, directory)
    assert not directory.exists()


def test_a_cut_connection_goes_on_where_it_was_cut(hub: Hub, directory: Path) -> None:
    """As often as it is cut; nothing is fetched twice."""
    hub.cuts = [100_000, 50_000]
    stored(hub, directory)
    spans = [None, "bytes=100000-", "bytes=150000-"]
    assert hub.asked_for(WEIGHTS) == spans
    assert weights(folder_of(directory, HUB_ID)) == hub.files[WEIGHTS]


def test_a_hub_that_cannot_resume_begins_the_file_anew(
    hub: Hub, directory: Path
) -> None:
    """It answers with all of it, and all of it is taken."""
    hub.cuts, hub.takes_ranges = [100_000], False
    stored(hub, directory)
    assert weights(folder_of(directory, HUB_ID)) == hub.files[WEIGHTS]


def test_a_connection_that_brings_nothing_is_given_up(
    hub: Hub, directory: Path
) -> None:
    """What came before is kept, and the next pull goes on there."""
    hub.cuts = [100_000] + [0] * MOST_TRIES
    with pytest.raises(ModelUnavailable, match="pull again later, it goes on"):
        stored(hub, directory)
    assert hub.cuts == []
    stored(hub, directory)
    assert hub.asked_for(WEIGHTS)[-1] == "bytes=100000-"
    assert weights(folder_of(directory, HUB_ID)) == hub.files[WEIGHTS]


def test_a_hub_that_falls_silent_is_asked_again(hub: Hub, directory: Path) -> None:
    """Nobody waits for it without end."""
    hub.holds_at = 0
    with pytest.raises(ModelUnavailable, match="nothing came any more"):
        stored(hub, directory, silence_s=0.05)
    assert len(hub.asked_for(WEIGHTS)) == MOST_TRIES


def test_what_does_not_have_its_hash_is_thrown_away(hub: Hub, directory: Path) -> None:
    """Large and small files alike; the next pull begins them anew."""
    for name in ("config.json", WEIGHTS):
        hub.spoiled = {name}
        with pytest.raises(ModelUnavailable, match=f"{name} .*thrown away"):
            stored(hub, directory)
        assert not folder_of(directory, HUB_ID).exists()
    hub.spoiled = set()
    stored(hub, directory)
    assert weights(folder_of(directory, HUB_ID)) == hub.files[WEIGHTS]


def test_what_is_left_of_another_commit_does_no_harm(hub: Hub, directory: Path) -> None:
    """Its beginning is noticed by the hash, and files that are gone go."""
    partial = partial_folder_of(directory, HUB_ID)
    partial.mkdir(parents=True)
    (partial / f"{WEIGHTS}.part").write_bytes(b"of another commit")
    (partial / "config.json").write_bytes(b"older")
    (partial / "gone.safetensors").write_bytes(b"older")
    stored(hub, directory)
    folder = folder_of(directory, HUB_ID)
    assert weights(folder) == hub.files[WEIGHTS]
    assert (folder / "config.json").read_bytes() == hub.files["config.json"]
    assert not (folder / "gone.safetensors").exists()


def test_a_model_larger_than_the_disk_is_refused_first(
    hub: Hub, directory: Path
) -> None:
    """Before a byte of it is fetched, with both figures."""
    hub.sizes[WEIGHTS] = 10**16
    with pytest.raises(ModelUnavailable, match=r"needs 1050\d{4}\.\d GB more.*has"):
        stored(hub, directory)
    assert hub.asked_for(WEIGHTS) == []


@pytest.mark.parametrize(
    ("status", "headers", "sentence"),
    [
        (401, {"X-Error-Code": "GatedRepo"}, "accept it at .*org/small.*HF_TOKEN"),
        (403, {}, "accept it at .*org/small.*HF_TOKEN"),
        (401, {}, "The hub has no org/small"),
        (404, {}, "The hub has no org/small"),
        (503, {}, "cannot be reached .*503"),
    ],
)
def test_a_hub_that_says_no_is_understood(
    hub: Hub, directory: Path, status: int, headers: dict[str, str], sentence: str
) -> None:
    """In a sentence that says what to do."""
    hub.status, hub.headers = status, headers
    with pytest.raises(ModelUnavailable, match=sentence):
        pulled(hub, directory)


def test_a_hub_that_is_not_there_is_a_sentence(directory: Path) -> None:
    """Most often there is no network."""
    environment = {"HF_ENDPOINT": "http://127.0.0.1:1"}
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        fetch(HUB_ID, directory, environment, lambda line: None)


def test_a_token_goes_to_the_hub_and_to_nobody_else(hub: Hub, directory: Path) -> None:
    """Files lie on other machines, which have no business with it."""
    with serving(Hub()) as elsewhere:
        hub.redirects_to = f"{elsewhere.address}/cdn"
        fetch(HUB_ID, directory, hub.environment | {"HF_TOKEN": "t"}, lambda line: None)
    assert set(hub.tokens) == {"Bearer t"}
    assert elsewhere.tokens
    assert set(elsewhere.tokens) == {None}


@pytest.mark.parametrize(
    "elsewhere", ["http://example.org/cdn", "ftp://127.0.0.1/cdn", "file:///etc"]
)
def test_nothing_is_fetched_in_the_open(
    hub: Hub, directory: Path, elsewhere: str
) -> None:
    """Redirects lead to https, or from loopback to loopback."""
    hub.redirects_to = elsewhere
    with pytest.raises(ModelUnavailable, match=r"not https|answered 302"):
        stored(hub, directory)


@pytest.mark.parametrize("address", ["http://example.org", "ftp://x", "https://a@b"])
def test_a_hub_is_reached_by_https(address: str) -> None:
    """HF_ENDPOINT may name another one, but no plain one elsewhere."""
    with pytest.raises(ModelUnavailable, match="no https address"):
        HubClient({"HF_ENDPOINT": address})


def test_a_model_we_know_is_taken_at_the_commit_we_know(
    hub: Hub, directory: Path
) -> None:
    """Whatever the repository holds by now."""
    known = REGISTRY[0]
    with pytest.raises(ModelUnavailable, match="another version"):
        pulled(hub, directory, known.name)
    hub.commit = known.revision
    pulled(hub, directory, known.name)
    assert f"/api/models/{known.name}/revision/{known.revision}" in dict(hub.asked)
    assert read_model(folder_of(directory, known.name)).licence == "Apache-2.0"


def test_a_look_fetches_nothing(hub: Hub, directory: Path) -> None:
    """Size, licence and folder, for a person to decide on."""
    said: list[Any] = []
    fetch(HUB_ID, directory, hub.environment, said.append, look_only=True)
    (found,) = said
    wanted = ("config.json", "tokenizer.json", WEIGHTS, "README.md")
    assert found.size_bytes == sum(len(hub.files[name]) for name in wanted)
    assert found.licence == "apache-2.0"
    assert not directory.exists()


def test_progress_is_told_ten_times_a_second() -> None:
    """The first word and the last in any case; by a clock that the test moves."""
    now_s = 100.0
    said: list[Any] = []
    progress = Progress(1000, said.append, clock=lambda: now_s)
    for done in range(1001):
        progress(done)
        now_s += STEP_S / 100
    assert len(said) == 11
    assert (said[0].done_bytes, said[-1].done_bytes) == (0, 1000)


# The process


def start(hub: Hub, directory: Path, **options: Any) -> subprocess.Popen[bytes]:
    """The process, as the daemon starts it."""
    return subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "jarvis.inference.models.fetching"),
            *(HUB_ID, str(directory)),
        ],
        env=worker_environment({**hub.environment, "HOME": str(directory)}),
        stdout=subprocess.PIPE,
        **options,
    )


def last_line(process: subprocess.Popen[bytes]) -> Line:
    """What it said last, once it has ended."""
    said, _ = process.communicate(timeout=50)
    line: Line = msgspec.json.decode(said.splitlines()[-1], type=Line)
    return line


def test_a_process_killed_at_any_moment_loses_nothing(
    hub: Hub, directory: Path
) -> None:
    """kill -9 in the middle; the next one asks for the rest alone."""
    hub.cuts, hub.holds_at = [100_000], 0
    with start(hub, directory) as process:
        assert hub.is_holding.wait(20)
        process.kill()
    asked_before = len(hub.asked_for(WEIGHTS))
    hub.holds_at = None
    with start(hub, directory) as process:
        assert isinstance(last_line(process), ProgressLine)
    assert hub.asked_for(WEIGHTS)[asked_before:] == ["bytes=100000-"]
    assert weights(folder_of(directory, HUB_ID)) == hub.files[WEIGHTS]


def test_two_processes_do_not_write_one_model(hub: Hub, directory: Path) -> None:
    """The second is told that it is on its way."""
    hub.holds_at = 1000
    with start(hub, directory) as process:
        assert hub.is_holding.wait(20)
        with pytest.raises(Busy, match="already"):
            pulled(hub, directory)
        hub.go.set()
        assert isinstance(last_line(process), ProgressLine)


def test_a_full_disk_is_told_and_what_came_is_kept(hub: Hub, directory: Path) -> None:
    """No file may grow beyond 400,000 bytes here, which fails as a full disk does."""

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    with start(hub, directory, preexec_fn=no_room) as process:
        told = last_line(process)
    assert isinstance(told, FailedLine)
    assert "The disk is full" in told.reason
    part = partial_folder_of(directory, HUB_ID) / f"{WEIGHTS}.part"
    assert part.stat().st_size > 0
    with start(hub, directory) as process:
        assert isinstance(last_line(process), ProgressLine)
    assert weights(folder_of(directory, HUB_ID)) == hub.files[WEIGHTS]


def test_a_folder_that_cannot_be_written_is_a_sentence(
    hub: Hub, directory: Path
) -> None:
    """A file lies where the folder should be."""
    directory.write_text("")
    with pytest.raises(JarvisError, match="cannot be written"):
        pulled(hub, directory)
