"""What an artist likes: learned from what is kept and rejected, on this computer alone.

`Journal` holds what was said, `traits` measures what it was said of, `Taste` makes of both what ranks proposals and
steers requests, and `lines` tells the artist what was learned.
"""

from cocomposer.taste.journal import Correction, Journal, Remark, TasteError, Verdict
from cocomposer.taste.taste import CORRECTED, DEFAULT_EXPLORATION, WIDE, Profile, Taste, best
from cocomposer.taste.telling import Line, asked_for, lines, picture, praised, summary, trait_named
from cocomposer.taste.traits import GENRE, TRAITS, differences, of_some_parts, traits

__all__ = [
    "CORRECTED", "DEFAULT_EXPLORATION", "GENRE", "TRAITS", "WIDE", "Correction", "Journal", "Line", "Profile", "Remark",
    "Taste", "TasteError", "Verdict", "asked_for", "best", "differences", "lines", "of_some_parts", "picture",
    "praised", "summary", "trait_named", "traits",
]  # fmt: skip
