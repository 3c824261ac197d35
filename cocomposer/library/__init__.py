"""The library: presets as files that travel, an index to find them, packs, share codes and shelves.

A preset is one small text (`preset`); what lies in the folders is found through `index`; presets leave the house as a
line of text (`share_code`) or together in a file (`pack`), and come from places anyone can host (`shelf`).  Whatever
comes in goes through `pack_check` and `preset.parse`, which trust nothing.  This file imports nothing.
"""
