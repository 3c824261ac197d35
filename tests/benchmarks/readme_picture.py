"""Draws the README's picture: what `cocomposer propose` prints for a shipped sketch, as SVG.

    python tests/benchmarks/readme_picture.py

writes assets/pictures/proposals.svg.  Nothing in it is arranged for the picture; only the audio is left out.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from rich.console import Console

from cocomposer.commands import display, propose
from cocomposer.resources import assets_folder

SKETCH = "first_light.mid"


def main() -> None:
    console = Console(record=True, width=104, force_terminal=True, highlight=False, quiet=False)
    display.output = lambda: console
    console.print(f"[dim]$[/] cocomposer propose {SKETCH} --count 3")
    with tempfile.TemporaryDirectory() as folder:
        words = [str(assets_folder() / "sketches" / SKETCH), "--audio", "none", "--count", "3", "--out", folder]
        propose.run(propose.parser().read(words))
        svg = console.export_svg(title="Cocomposer").replace(str(Path(folder).resolve()), "cocomposer-out")
    # The picture must not fetch anything: without web fonts it takes the reader's own monospaced one.
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    target = assets_folder() / "pictures" / "proposals.svg"
    target.parent.mkdir(exist_ok=True)
    target.write_text(re.sub(r"[ \t]+\n", "\n", svg), encoding="utf-8")


if __name__ == "__main__":
    main()
