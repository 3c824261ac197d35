"""The plugins in quarantine, remembered from one session to the next."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from cocomposer.sound.plugins import stamp
from cocomposer.whole_files import written_whole

_VERSION = 1
_MOST_BYTES, _MOST_PLUGINS, _MOST_TEXT = 4_000_000, 1000, 1000


class QuarantineFile:
    """A JSON file of paths, each with what the plugin did and how its file stood; a damaged one is an empty one.

    A plugin whose file has changed since is not in quarantine any more.  Programs that run at once share the file: each
    change reads it anew.  Where it cannot be written the quarantine lasts for the session.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def reasons(self) -> dict[str, str]:
        """What those plugins did, by their paths."""
        return {path: reason for path, (reason, _) in self._rows().items()}

    def add(self, plugin: str, reason: str) -> None:
        self._write({**self._rows(), plugin: (reason, stamp(Path(plugin)))})

    def remove(self, plugin: str) -> None:
        rows = self._rows()
        if rows.pop(plugin, None) is not None:
            self._write(rows)

    def _rows(self) -> dict[str, tuple[str, list[float]]]:
        try:
            with self.path.open("rb") as file:
                data = json.loads(file.read(_MOST_BYTES))
            if data["version"] != _VERSION:
                return {}
            rows = [_row(each) for each in data["plugins"][:_MOST_PLUGINS]]
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return {}
        return {path: (reason, then) for path, reason, then in rows if then == stamp(Path(path))}

    def _write(self, rows: dict[str, tuple[str, list[float]]]) -> None:
        plugins = [{"path": path, "reason": reason, "stamp": then} for path, (reason, then) in rows.items()]
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with written_whole(self.path) as part:
                part.write_text(json.dumps({"version": _VERSION, "plugins": plugins}), encoding="utf-8")


def _row(data: Any) -> tuple[str, str, list[float]]:
    path, reason = data["path"], data["reason"]
    if not isinstance(path, str) or not isinstance(reason, str) or "\0" in path:
        raise ValueError("no text")
    return path, reason[:_MOST_TEXT], [float(each) for each in data["stamp"]]
