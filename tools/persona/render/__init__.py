"""From surfaces to pixels: camera, rasteriser, light and film."""
