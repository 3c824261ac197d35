"""Styles: the groove language of `presets/styles/*.toml` and the band that plays it.

`load_styles` and `load_style` read styles; `arrange` turns a song's tune and chords into parts.
Inside: `pattern` (the step notation), `plan` (form), `voicing` and `fretboard` (two hands, six strings), `players/`
(one file an instrument) and `feel` (swing, timing, dynamics).
"""

from cocomposer.styles.arranger import Orchestration, arrange
from cocomposer.styles.loading import load_style, load_styles, read_style
from cocomposer.styles.style import Feel, PartStyle, Style

__all__ = ["Feel", "Orchestration", "PartStyle", "Style", "arrange", "load_style", "load_styles", "read_style"]
