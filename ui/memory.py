"""What the window remembers of itself between two starts: sizes, folders, favourites.  Nothing the music needs."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QByteArray, QSettings


class Memory:
    """Values by name, of the kind that is asked for or the default, whatever the file holds."""

    def __init__(self, path: Path) -> None:
        self._kept = QSettings(str(path), QSettings.Format.IniFormat)

    def keep(self, name: str, value: QByteArray | str | bool | list[str]) -> None:
        self._kept.setValue(name, str(value) if isinstance(value, bool) else value)

    def word(self, name: str, default: str = "") -> str:
        value = self._kept.value(name, default)
        return value if isinstance(value, str) else default

    def words(self, name: str) -> list[str]:
        value = self._kept.value(name, [])
        listed = [value] if isinstance(value, str) else value
        return [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []

    def flag(self, name: str, default: bool) -> bool:
        return self.word(name, str(default)).casefold() == "true"

    def state(self, name: str) -> QByteArray | None:
        value = self._kept.value(name)
        return value if isinstance(value, QByteArray) else None
