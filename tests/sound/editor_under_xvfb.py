"""Opens the window of the plugin it is given, looks for it on the display, drags every knob, closes it."""

import re
import subprocess
import sys
import time

from cocomposer.music import Effect
from cocomposer.sound.supervisor import Hosts


def window() -> tuple[int, int, int, int] | None:
    """Left, top, width and height of the plugin's window."""
    tree = subprocess.run(["xwininfo", "-root", "-tree"], capture_output=True, text=True).stdout
    found = re.search(r'"Zam.*?(\d+)x(\d+)\+\S+ +\+(-?\d+)\+(-?\d+)', tree)
    if found is None:
        return None
    width, height, left, top = map(int, found.groups())
    return left, top, width, height


def drag(x: int, y: int) -> None:
    """Take what lies there and pull it up."""
    steps = [f"mousemove {x} {y} mousedown 1", *(f"mousemove {x} {y - up}" for up in (10, 20, 30)), "mouseup 1"]
    subprocess.run(["xdotool", *" sleep 0.02 ".join(steps).split()], check=True)


with Hosts() as hosts:
    states: list[bytes] = []
    effect = Effect("plugin", plugin=sys.argv[1])
    editor = hosts.show_editor(effect, states.append)
    print("open", editor.is_open)
    time.sleep(1.0)
    place = window()
    print("window", place is not None)
    if place is not None:
        left, top, width, height = place
        for row in range(1, 6):
            for column in range(1, 12):
                if not states:
                    drag(left + width * column // 12, top + height * row // 6)
        time.sleep(1.2)
    turned = Effect("plugin", plugin=sys.argv[1], state=states[-1] if states else b"")
    print("turned", hosts.parameters(turned) != hosts.parameters(effect))
    editor.close()
    print("open", editor.is_open)
