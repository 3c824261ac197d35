"""Material shipped with the program: sketches to try in `sketches/`.  Installed as `cocomposer.assets`."""
