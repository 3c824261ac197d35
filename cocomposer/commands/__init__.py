"""The commands of the command line, one module each: `parser()` says what it takes, `run(arguments)` does it.

They read words and show results; the work is in `cocomposer.studio`, which the window will use too.
"""
