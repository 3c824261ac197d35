"""The child process that learns: started as `python -P -m cocomposer.studio.adapting_process PARENT_PID`.

It reads one JSON object in a line: a lesson, `{"places": [...], "name": ..., "artist": ..., "confirmed": ...,
"course": {...}}`, or `{"take_in": path}` of another's pack or preset file.  It answers, a JSON object a line,
`{"progress": share}` while it learns, then `{"done": name}`, `{"refused": sentence}` where somebody has to confirm
that the music may be used, or `{"error": sentence}`.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

from cocomposer.child_process import die_with
from cocomposer.errors import CocomposerError
from cocomposer.model.course import USUAL
from cocomposer.studio.adapters import take_in
from cocomposer.studio.adapting import adapt, sources_in
from cocomposer.studio.ownership import OwnershipError

_NICENESS = 5  # playing and composing come first


def main() -> None:
    die_with(int(sys.argv[1]))
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    # What libraries print goes to the error stream; the real output is for messages alone.
    output = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)

    def say(**message: Any) -> None:
        output.write(json.dumps(message) + "\n")
        output.flush()

    lesson = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        if "take_in" in lesson:
            say(done=take_in(Path(lesson["take_in"]))[-1].name)
            return
        sources, _ = sources_in([Path(each) for each in lesson["places"]], lesson["artist"])
        kept = adapt(
            sources, lesson["name"], artist=lesson["artist"], confirmed=lesson["confirmed"],
            course=replace(USUAL, **lesson["course"]), progress=lambda share: say(progress=share),
        )  # fmt: skip
        say(done=kept.name)
    except OwnershipError as error:
        say(refused=str(error))
    except CocomposerError as error:
        say(error=str(error))
    except Exception as error:
        traceback.print_exc()
        say(error=f"Learning failed ({type(error).__name__}): try other songs, or fewer of them.")


def _end_with_input() -> None:
    """End where the parent is gone; nothing is kept then."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
