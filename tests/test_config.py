"""Settings: who wins, and what a mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from jarvis.config import Limits, Tui, in_full, load_settings
from jarvis.errors import ConfigError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a place for config.toml."""
    path = tmp_path / "jarvis"
    path.mkdir()
    return path


def written(home: Path, text: str) -> dict[str, str]:
    """The environment of a home with this config.toml."""
    (home / "config.toml").write_text(text)
    return {"JARVIS_HOME": str(home)}


def test_the_home_holds_what_is_not_named_elsewhere(home: Path) -> None:
    """Socket, database, log and lock live together."""
    settings = load_settings(environment={"JARVIS_HOME": str(home)})
    assert settings.socket == home / "jarvis.sock"
    assert settings.jarvis_db == home / "jarvis.db"
    assert settings.chat_db.name == "chat.db"
    assert settings.limits == Limits()


def test_flags_win_over_the_environment_and_that_over_the_file(home: Path) -> None:
    """Each layer covers the one below."""
    environment = written(home, 'model = "file"\nengine = "mlx"\nsocket = "/f"')
    environment |= {"JARVIS_ENGINE": "scripted", "JARVIS_SOCKET": "/e"}
    settings = load_settings({"socket": "/flag", "engine": None}, environment)
    assert settings.model == "file"
    assert settings.engine == "scripted"
    assert settings.socket == Path("/flag")


def test_a_misspelled_setting_is_refused_with_the_nearest_one(home: Path) -> None:
    """Silence would cost an evening."""
    with pytest.raises(ConfigError, match=r'"modle".*Did you mean "model"'):
        load_settings(environment=written(home, 'modle = "x"'))
    with pytest.raises(ConfigError, match='Did you mean "connections"'):
        load_settings(environment=written(home, "[limits]\nconnection = 3"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('engine = "gpt"', "must be one of mlx, openai, apple, scripted"),
        ("engine = 3", "must be one of mlx, openai, apple, scripted"),
        ('server_ports = ["http"]', "must be port numbers"),
        ("server_ports = [70000]", "must be port numbers"),
        ("server_ports = 1234", "must be port numbers"),
        ("socket = 3", "must be a path"),
        ("model = 3", "must be a folder, a hub id"),
        ("embedder = 3", "must be a folder, a hub id"),
        ("server = 3", "must be an address like http"),
        ('allow_remote_server = "yes"', "must be true or false"),
        ('keep_alive_s = "soon"', "must be a number"),
        ("keep_alive_s = -1", "must be a number"),
        ("keep_alive_s = nan", "must be a number"),
        ("[limits]\nconnections = 0", "must be a number above 0"),
        ("[limits]\nconnections = true", "must be a number above 0"),
        ("[limits]\nconnections = 1.5", "must be a number above 0"),
        ("limits = 3", "must be a table"),
        ("tui = 3", "must be a table"),
        ("[tui]\ntheme = 3", "must be the name of a theme"),
        ('[tui]\ntheme = ""', "must be the name of a theme"),
        ("prefetch = 3", "must be a table"),
        ("[prefetch]\nenabled = 1", "must be true or false"),
        ("[prefetch]\nenable = true", 'Did you mean "enabled"'),
        ("a = = b", "is not TOML"),
    ],
    ids=range(24),
)
def test_a_wrong_value_is_refused_with_a_sentence(
    home: Path, text: str, reason: str
) -> None:
    """Which, where, and what would be right."""
    with pytest.raises(ConfigError, match=reason):
        load_settings(environment=written(home, text))


def test_a_model_of_a_flag_or_the_environment_is_known_as_such(home: Path) -> None:
    """It goes before what was chosen with `jarvis models use`; the file's does not."""
    environment = written(home, 'engine = "openai"\nmodel = "phi4"')
    in_file = load_settings(environment=environment)
    assert (in_file.engine, in_file.server) == ("openai", None)
    assert not in_file.is_model_given
    assert load_settings({"engine": "scripted"}, environment).is_model_given
    by_server = environment | {"JARVIS_SERVER": "http://127.0.0.1:1234/v1"}
    settings = load_settings(environment=by_server)
    assert settings.server == "http://127.0.0.1:1234/v1"
    assert settings.is_model_given
    assert not settings.is_embedder_given


def test_what_searches_is_set_apart_from_what_writes(home: Path) -> None:
    """In the file or in the environment, which goes before what was chosen."""
    environment = written(home, 'embedder = "static"')
    in_file = load_settings(environment=environment)
    assert (in_file.embedder, in_file.is_embedder_given) == ("static", False)
    given = load_settings(environment=environment | {"JARVIS_EMBEDDER": "none"})
    assert (given.embedder, given.is_embedder_given) == ("none", True)
    assert not given.is_model_given


def test_a_theme_can_be_set(home: Path) -> None:
    """Which there are only the terminal client knows."""
    assert load_settings(environment={"JARVIS_HOME": str(home)}).tui == Tui()
    settings = load_settings(environment=written(home, '[tui]\ntheme = "light"'))
    assert settings.tui == Tui(theme="light")


def test_limits_can_be_set(home: Path) -> None:
    """Each by its name."""
    settings = load_settings(environment=written(home, "[limits]\nconnections = 7"))
    assert settings.limits == Limits(connections=7)


def test_tilde_and_relative_paths_become_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon runs elsewhere than where the person typed."""
    monkeypatch.chdir(tmp_path)
    settings = load_settings({"home": "~/x", "chat_db": "chat.db"}, {})
    assert settings.home == Path.home() / "x"
    assert settings.chat_db == tmp_path / "chat.db"


def test_variables_are_told_in_full_to_who_runs_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths and folders; names that only look like them stay."""
    (tmp_path / "models" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    given = {
        "HOME": ".",
        "JARVIS_HOME": "home",
        "JARVIS_CHAT_DB": "../chat.db",
        "JARVIS_MODEL": "models/mine",
        "JARVIS_EMBEDDER": "models/mine",
        "JARVIS_ENGINE": "mlx",
        "PATH": "bin:.",
    }
    assert in_full(given) == {
        "HOME": str(tmp_path),
        "JARVIS_HOME": str(tmp_path / "home"),
        "JARVIS_CHAT_DB": str(tmp_path.parent / "chat.db"),
        "JARVIS_MODEL": str(tmp_path / "models" / "mine"),
        "JARVIS_EMBEDDER": str(tmp_path / "models" / "mine"),
        "JARVIS_ENGINE": "mlx",
        "PATH": "bin:.",
    }
    assert in_full({"JARVIS_MODEL": "org/name"}) == {"JARVIS_MODEL": "org/name"}


def test_prefetch_has_one_switch(home: Path) -> None:
    """In the file, or for one run in the environment, which wins."""
    assert load_settings(environment={"JARVIS_HOME": str(home)}).prefetch.enabled
    variables = written(home, "[prefetch]\nenabled = false")
    assert not load_settings(environment=variables).prefetch.enabled
    on = load_settings(environment=variables | {"JARVIS_PREFETCH": "on"})
    assert on.prefetch.enabled
    with pytest.raises(ConfigError, match="JARVIS_PREFETCH must be one of on, off"):
        load_settings(environment=variables | {"JARVIS_PREFETCH": "maybe"})
