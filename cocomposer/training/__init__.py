"""How the weights in `assets/models` are made and measured.

A workshop beside the application: nothing an artist runs imports it, and it needs the corpora that it names.
"""
