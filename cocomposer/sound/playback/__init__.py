"""Hearing the song while it is worked on: rendered ahead in segments, mixed block by block, sent to a device.

`Player` (`player`) is the door.  A song is cut into `segments`, which a `score` puts in the order of need; `planning`
follows the artist's edits, `rendering` has the instruments play, `takes` keeps what they played.  A `deck` adds up the
takes on its `track`s and runs them through its console; `mixing` is the thread that does so a little ahead, into the
`ring` that a device (`devices`, `output`) empties.  Single notes are `audition`s, mixed in at the last moment;
`midi_input` and `recording` turn what is played on a keyboard into notes.
"""
