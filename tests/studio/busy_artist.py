"""An artist at work, to be killed: edits, saves, and says on standard output what is surely on disk by now.

Started as `python busy_artist.py PROJECT FOLDER SEED`; the title of the song counts the edits.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from songs import band_song

from cocomposer.music import Note
from cocomposer.studio import editing
from cocomposer.studio.document import Document
from cocomposer.studio.project import Project
from cocomposer.studio.recovery import Recovery


def main() -> None:
    path, folder, random = Path(sys.argv[1]), Path(sys.argv[2]), Random(int(sys.argv[3]))
    document = Document(Project(band_song()), path)
    recovery = Recovery(document, folder, seconds=0.005)
    recovery.start()
    number = 0
    while True:
        number += 1
        song = editing.add_note(document.song, 0, Note(random.randrange(30_000), random.randrange(30, 90), 100))
        document.edit("Add a note", editing.rename_song(song, str(number)))
        action = random.random()
        if action < 0.2:
            document.save()
            print("saved", number, flush=True)
        elif action < 0.6:
            recovery.keep_now()
            print("kept", number, flush=True)


if __name__ == "__main__":
    main()
