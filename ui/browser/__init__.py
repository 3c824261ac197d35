"""The browser: everything there is to use, and what of it is kept, shared and brought in.

`browser` is the panel on the left, made of `rows` (the list) and `details` (the one that is chosen); `sharing` is what
the window does with presets, each with its dialog: `keeping`, `share_dialog`, `receiving`, `shelves`.
"""

from .browser import Browser
from .sharing import Sharing

__all__ = ["Browser", "Sharing"]
