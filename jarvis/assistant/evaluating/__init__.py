"""Does it help? What would have been offered, held against what was really sent."""
