"""Composers: they take a Request and stream Proposals.

`understand` completes a sketch (which part is the tune, key, chords, form); `StyleComposer` arranges it with the
band of `cocomposer.styles`.  Any other composer is a class with the same `propose` method; one that needs a neural
network is not imported here.
"""

from cocomposer.composer.controls import Controls
from cocomposer.composer.leaning import Leaning
from cocomposer.composer.request import MAX_PROPOSALS, Composer, Proposal, Request, Task
from cocomposer.composer.sketch import understand
from cocomposer.composer.style_composer import StyleComposer

__all__ = [
    "MAX_PROPOSALS",
    "Composer",
    "Controls",
    "Leaning",
    "Proposal",
    "Request",
    "StyleComposer",
    "Task",
    "understand",
]
