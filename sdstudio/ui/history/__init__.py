"""The history as seen: ids and rows, thumbnails, the strip, the recipe of one picture."""
