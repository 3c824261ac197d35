"""Proposals of an earlier run in the same folder: kept, since an artist may have worked on them, but out of the way."""

from __future__ import annotations

import contextlib
import json
import os
import re
from pathlib import Path
from typing import Any

from cocomposer.errors import CocomposerError
from cocomposer.studio.sidecar import sidecar_of

REPORT = "proposals.json"
MAX_BYTES = 20_000_000
"""Largest report that is looked into; real ones have a thousandth of this."""
_OWN_NAME = re.compile(r"proposal-[1-9]\d{0,3}(?:\.(?:mid|wav|flac|mp3|ogg)|-stems)", re.ASCII)


def set_aside(folder: Path) -> Path | None:
    """Move what an earlier run made in `folder` into a new folder `earlier-1`, `earlier-2`, ... in it.

    Moved are `proposals.json`, if it is one of ours, and the files and stem folders it names, with all that is in
    them; nothing else is touched.  Returns the new folder, None where there was nothing to move.  Raises
    CocomposerError, with everything back in its place, when the disk says no.
    """
    names = _made_by(folder / REPORT)
    if names is None:
        return None
    moved: list[str] = []
    target = None
    try:
        target = _new_folder(folder)
        # The report goes last: until then it names what an interruption may have left here.
        for name in (*sorted(names), REPORT):
            if os.path.lexists(folder / name):
                (folder / name).rename(target / name)
                moved.append(name)
    except BaseException as error:
        with contextlib.suppress(OSError):
            if target is not None:
                for name in moved:
                    (target / name).rename(folder / name)
                target.rmdir()
        if isinstance(error, OSError):
            raise CocomposerError(
                f"The earlier proposals in {folder} cannot be moved out of the way ({error.strerror}): "
                "choose another folder for the new ones."
            ) from error
        raise
    return target


def _made_by(report: Path) -> set[str] | None:
    """The names beside it that a report of ours lists; None for no report, or one of another program."""
    try:
        if not report.is_file() or report.stat().st_size > MAX_BYTES:
            return None
        data = json.loads(report.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not isinstance(data.get("cocomposer"), str):
        return None
    proposals = data.get("proposals")
    if not isinstance(proposals, list):
        return None
    # Only names that we give ourselves: whatever else the file says, nothing outside is ever reached.
    names = {name for each in proposals for name in _listed(each) if _OWN_NAME.fullmatch(name)}
    return names | {sidecar_of(Path(name)).name for name in names}


def _listed(proposal: Any) -> set[str]:
    """The names in one entry of a report: MIDI file, audio file, folders of stems."""
    if not isinstance(proposal, dict):
        return set()
    stems = proposal.get("stems")
    paths = list(stems.values()) if isinstance(stems, dict) else []
    folders = [path.split("/")[0] for path in paths if isinstance(path, str)]
    return {name for name in (proposal.get("midi"), proposal.get("audio"), *folders) if isinstance(name, str)}


def _new_folder(folder: Path) -> Path:
    number = 1
    while True:
        try:
            target = folder / f"earlier-{number}"
            target.mkdir()
            return target
        except FileExistsError:
            number += 1
