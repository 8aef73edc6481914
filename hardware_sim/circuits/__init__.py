"""The periphery circuits, one kind a file, and the converters at the edge of the chip."""
