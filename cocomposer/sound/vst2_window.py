"""A VST2 plugin's own window on a Linux display, in a host process.

JUCE, which DawDreamer is made of, shows a corner of such windows and does not hear what is turned there.
"""

from __future__ import annotations

import ctypes
import time
from typing import Any

from cocomposer.sound.soundfont_player import PlayingError
from cocomposer.sound.vst2_plugin import Vst2Plugin

_HAS_WINDOW = 1
_RECTANGLE, _OPEN, _CLOSE, _IDLE = 13, 14, 15, 19
_CLIENT_MESSAGE, _EVENT_BYTES, _MESSAGE_AT = 33, 192, 56
_FRAME_SECONDS = 0.02
_USUAL_SIZE = (640, 480)


class Vst2Window(Vst2Plugin):
    """One instance of a plugin, to be turned in its window."""

    def edit(self) -> None:
        """Show the window until the artist closes it.  Raises PlayingError where it has none."""
        if not self.effect.flags & _HAS_WINDOW:
            raise PlayingError("has no window of its own")
        x11 = _x11()
        display = x11.XOpenDisplay(None)
        if not display:
            raise PlayingError("has no window where there is no display")
        root = x11.XDefaultRootWindow(display)
        width, height = self._size()
        window = x11.XCreateSimpleWindow(display, root, 0, 0, width, height, 0, 0, 0)
        closing = ctypes.c_ulong(x11.XInternAtom(display, b"WM_DELETE_WINDOW", False))
        x11.XSetWMProtocols(display, window, ctypes.byref(closing), 1)
        x11.XStoreName(display, window, self.name.encode(errors="replace"))
        x11.XMapWindow(display, window)
        x11.XSync(display, False)
        self.tell(_OPEN, pointer=window)
        x11.XResizeWindow(display, window, *self._size())  # some know it only now
        event = ctypes.create_string_buffer(_EVENT_BYTES)
        is_open = True
        while is_open:
            while x11.XPending(display):
                x11.XNextEvent(display, event)
                kind, message = (ctypes.c_ulong.from_buffer(event, at).value for at in (0, _MESSAGE_AT))
                is_open = is_open and not (kind & 0xFFFFFFFF == _CLIENT_MESSAGE and message == closing.value)
            self.tell(_IDLE)
            time.sleep(_FRAME_SECONDS)
        self.tell(_CLOSE)
        x11.XDestroyWindow(display, window)
        x11.XCloseDisplay(display)

    def _size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        rectangle = ctypes.POINTER(ctypes.c_int16 * 4)()
        self.tell(_RECTANGLE, pointer=ctypes.addressof(rectangle))
        if not rectangle:
            return _USUAL_SIZE
        top, left, bottom, right = rectangle.contents
        return (right - left, bottom - top) if right > left and bottom > top else _USUAL_SIZE


def _x11() -> Any:
    """The library, with the types of the functions that are called.  Raises PlayingError."""
    try:
        library = ctypes.CDLL("libX11.so.6")
    except OSError as error:
        raise PlayingError("has no window where there is no display") from error
    pointer, number, word = ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int
    for name, result, arguments in (
        ("XOpenDisplay", pointer, [ctypes.c_char_p]),
        ("XDefaultRootWindow", number, [pointer]),
        ("XCreateSimpleWindow", number, [pointer, number, word, word, word, word, word, number, number]),
        ("XInternAtom", number, [pointer, ctypes.c_char_p, word]),
        ("XSetWMProtocols", word, [pointer, number, pointer, word]),
        ("XStoreName", word, [pointer, number, ctypes.c_char_p]),
        ("XMapWindow", word, [pointer, number]),
        ("XResizeWindow", word, [pointer, number, word, word]),
        ("XSync", word, [pointer, word]),
        ("XPending", word, [pointer]),
        ("XNextEvent", word, [pointer, pointer]),
        ("XDestroyWindow", word, [pointer, number]),
        ("XCloseDisplay", word, [pointer]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
