"""The icons: one SVG each, drawn in the current text colour."""
