"""What a library complained of, cut to the length of a clause in our own sentence."""

from __future__ import annotations


def reason(error: Exception) -> str:
    """The first line of the error's text, without its full stop; the kind of error where it has no text."""
    lines = str(error).strip().splitlines()
    return lines[0][:200].rstrip(". ") if lines else type(error).__name__
