"""The composer that is there when none is chosen: the neural one, or the styles where its weights cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from cocomposer.composer.request import Composer, Proposal, Request
from cocomposer.composer.style_composer import StyleComposer, beyond_styles
from cocomposer.errors import ModelError


class AutoComposer:
    """Answers with `model`; where its weights cannot be read and a style can do what is asked, a style plays and says
    so."""

    name = "auto"

    def __init__(self, model: Composer) -> None:
        self._model = model

    def propose(self, request: Request, cancelled: Callable[[], bool] | None = None) -> Iterator[Proposal]:
        """Stream proposals; raises what the composers do, ModelError only where no style could do it."""
        try:
            yield from self._model.propose(request, cancelled)
        except ModelError as error:
            if beyond_styles(request):
                raise
            for proposal in StyleComposer().propose(request, cancelled):
                yield replace(proposal, reasons=(f"A style plays this. {error}", *proposal.reasons))
