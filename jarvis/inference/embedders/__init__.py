"""What makes vectors of texts: a table, a model in numpy, a model of a library."""
