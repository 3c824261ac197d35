"""The application without a face: what the command line and the window both ask for.

An open `Document` holds a `Project`, a song with the answers that were given about it; `editing` is what can be done to
the song by hand, `project_file` and `recovery` keep it safe, `composing` and `jobs` do long work beside the window.
`propose` turns sketches into proposals on disk, `audio` a song into audio, `describe` a song into words and numbers.
Everything long reports progress and can be cancelled, and nothing leaves a half-written file.
"""
