"""The window: everything that knows Qt, and nothing that the command line would need too."""
