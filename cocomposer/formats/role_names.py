"""A part's role guessed from what a file calls it; finding the melody by its notes is left to analysis."""

from __future__ import annotations

import re

from cocomposer.music import Role

_WORDS: tuple[tuple[str, Role], ...] = (
    (r"melod|vocal|vox\b|voice|singer|\blead\b(?! guitar)|\btopline", Role.MELODY),
    (r"\bcounter", Role.COUNTER),
    (r"\bbass(?!oon)(?! drum)|\bbs\b", Role.BASS),
    (r"\barp", Role.ARPEGGIO),
    (r"guitar|\bgtr|\bgt\b", Role.GUITAR),
    (r"piano|keys|keyboard|organ\b|rhodes|clavi|\bep\b", Role.KEYS),
    (r"\bpads?\b|strings?\b|choir", Role.PAD),
)


def guess_role(name: str, program: int, drums: bool) -> Role:
    """The role that the words of a part's name, else its General MIDI program, suggest."""
    if drums:
        return Role.DRUMS
    for words, role in _WORDS:
        if re.search(words, name.lower()):
            return role
    return Role.BASS if 32 <= program < 40 else Role.OTHER
