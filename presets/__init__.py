"""Presets as data: grooves in `styles/`, effect racks in `racks/`.  Installed as `cocomposer.presets`."""
