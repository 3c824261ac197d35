"""How far the proposals under way are, in bars written of bars asked."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication

from cocomposer.composer.request import Task
from cocomposer.studio.project import Generation

from .session import Session


def bars_asked(generation: Generation) -> int:
    """Bars that one answer has to write."""
    if generation.terms.task is Task.CONTINUE:
        return generation.terms.length
    start, end = generation.asked.start, generation.asked.end
    return max(1, sum(start <= bar.start < end for bar in generation.sketch.bars))


def bars_written(generation: Generation, complete: int) -> int:
    """Bars that were written, of those asked, when `complete` bars of the whole song are."""
    goes_on = generation.terms.task is Task.CONTINUE
    before = len(generation.sketch.bars) if goes_on else generation.sketch.meters.bar_at(generation.asked.start)
    return min(bars_asked(generation), max(0, complete - before))


def _bars(session: Session) -> tuple[int, int]:
    generations = session.document.project.generations
    if not generations:
        return 0, 1
    latest = generations[-1]
    each = bars_asked(latest)
    done = len(latest.answers) * each + sum(
        bars_written(latest, draft.bars) for draft in session.proposals.drafts.values()
    )
    return done, each * latest.terms.count


def share_written(session: Session) -> float:
    """0..1 of what was asked for last."""
    done, wanted = _bars(session)
    return min(1.0, done / wanted)


def written_words(session: Session) -> str:
    """ "38 of 64 bars written"."""
    done, wanted = _bars(session)
    text = QCoreApplication.translate("Streaming", "{done} of {wanted} bars written")
    return text.format(done=min(done, wanted), wanted=wanted)
