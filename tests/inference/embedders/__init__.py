"""What makes vectors, each against what it stands in for."""
