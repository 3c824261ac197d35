"""Sound: instruments, effect racks, the mixer and the renderer that turn a Song into audio.

`render` is the door; `write_audio` saves what it returns.  Every instrument, plugin or SoundFont, runs in a
child process (`host`, `host_process`), because native code can crash or hang and nothing in Python can catch it.
This file imports nothing, so that the child starts quickly.
"""
