"""What an artist usually likes: soft wishes, for whatever a request leaves free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cocomposer.composer.controls import Controls
from cocomposer.errors import RequestError


@dataclass(frozen=True)
class Leaning:
    """Which way a composer may lean where nothing is said.

    `styles` are weights from -1 (rather not) to 1 (gladly) by style id, 0 where a style is not named; `controls` hold
    where neither a control for everybody nor one for a part says otherwise, for each proposal its own, in turn.  A
    composer that cannot heed a leaning lets it be: unlike a wish it is never refused.  Raises RequestError for weights
    outside their range.
    """

    styles: Mapping[str, float] = field(default_factory=dict)
    controls: tuple[Controls, ...] = ()

    def __post_init__(self) -> None:
        if not all(-1 <= weight <= 1 for weight in self.styles.values()):
            raise RequestError("A leaning to a style is a number from -1 to 1.")

    def controls_of(self, number: int) -> Controls:
        """What proposal `number`, from 0, leans to."""
        return self.controls[number % len(self.controls)] if self.controls else Controls()
