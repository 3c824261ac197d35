"""How much and how carefully an adapter is learned; `model.adapting` does it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Course:
    """How to learn: `rank` of the factors, at most `steps` and `minutes`, windows of about `elements` a step, peak
    learning `rate`, and how much the `others` weigh, of which there are so many different `reminders`.

    A share of the songs is `kept_aside`; between two looks at them, at so many `batches`, lie `between` steps.  Where
    the minutes suffice for the steps, the same `seed` and songs give the same adapter on the same machine; else what
    was best when they were over is taken.
    """

    rank: int = 8
    steps: int = 120
    minutes: float = 10.0
    elements: int = 1024
    rate: float = 5e-4
    others: float = 2.0
    reminders: int = 30
    kept_aside: float = 0.15
    between: int = 20
    batches: int = 8
    seed: int = 0


USUAL = Course()
