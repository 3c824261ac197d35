"""The piano roll: notes drawn, moved and listened to."""
