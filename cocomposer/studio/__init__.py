"""The application without a face: the jobs that the command line and the window both ask for.

`propose` turns sketches into proposals on disk, `render_file` a song file into audio, `describe` a song into words and
numbers.  Everything here reports progress, can be cancelled, and leaves no half-written file.
"""
