"""The picture, large: viewer, zooming and panning, reading pictures for it."""
