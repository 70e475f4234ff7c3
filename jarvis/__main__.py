"""`python -m jarvis` and the console script: hands over to the command line."""

from __future__ import annotations


def main() -> None:
    """Run the command line; ends the process with its exit code."""
    from jarvis.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
