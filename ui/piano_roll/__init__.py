"""The piano roll.

`roll` puts it together; `state` is what its pieces share; `grid` is the lane of the notes, `painting` how it looks,
`gestures` what a drag does, `keys` and `entry` the same by keyboard; `rows` says which pitch is where.
"""

from .roll import PianoRoll

__all__ = ["PianoRoll"]
