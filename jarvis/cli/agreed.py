"""Asking a person before something that cannot be taken back."""

from __future__ import annotations

import sys

import click


def agreed(question: str, *, yes: bool) -> bool:
    """Whether to go on: asked at a terminal unless `yes`; a script has agreed already."""
    is_asked = sys.stdin.isatty() and not yes
    return not is_asked or click.confirm(question, err=True)
