"""Text on a grid of cells: cleaning, wrapping, heights, times. Pure, and no Textual."""
