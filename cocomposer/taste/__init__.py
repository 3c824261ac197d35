"""What an artist likes: learned from what is kept and rejected, on this computer alone.

`Journal` holds what was said, `traits` measures what it was said of, `Taste` makes of both what ranks proposals and
steers requests, and `lines` tells the artist what was learned.
"""

from cocomposer.taste.journal import Correction, Journal, Remark, TasteError, Verdict
from cocomposer.taste.taste import Profile, Taste
from cocomposer.taste.traits import TRAITS, differences, traits

__all__ = [
    "TRAITS", "Correction", "Journal", "Profile", "Remark", "Taste", "TasteError", "Verdict", "differences", "traits",
]  # fmt: skip
