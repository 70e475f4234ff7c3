"""`python -m jarvis` and the console script: hands over to the command line."""

from __future__ import annotations

import os
import site
import sys


def _look_at_home_only() -> None:
    """Take from the import path what the caller's folder and PYTHONPATH put before ours.

    Python puts the current folder (`python -m jarvis`) or that of the script there, and a
    json.py that lies in it would be run. Where Jarvis itself and installed packages lie
    stays, whoever else names it.
    """
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    installed = [*site.getsitepackages(), site.getusersitepackages()]
    kept = {home, os.path.dirname(os.__file__), *installed}
    foreign = set() if sys.flags.safe_path else set(sys.path[:1])
    if named := os.environ.get("PYTHONPATH"):
        foreign.update(os.path.abspath(path) for path in named.split(os.pathsep))
    sys.path[:] = [path for path in sys.path if path in kept or path not in foreign]


def main() -> None:
    """Run the command line; ends the process with its exit code."""
    try:
        _look_at_home_only()
        from jarvis.cli.entry import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)  # while it was still being loaded; later, cli/entry.py says so


if __name__ == "__main__":
    main()
