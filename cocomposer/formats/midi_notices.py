"""What a MIDI file says about whose it is: its copyright notices."""

from __future__ import annotations

import re

_NOTICE = re.compile(rb"\xff\x02([\x01-\x7f])")
_MOST = 20


def notices(data: bytes) -> tuple[str, ...]:
    """The copyright notices (meta event 2) in the bytes of a MIDI file; none where they are no MIDI file."""
    if not data.startswith(b"MThd"):
        return ()
    found = []
    for match in _NOTICE.finditer(data):
        raw = data[match.end() : match.end() + match[1][0]]
        text = "".join(letter for letter in raw.decode("utf-8", "replace") if letter.isprintable()).strip()
        if text and text not in found:
            found.append(text)
    return tuple(found[:_MOST])
