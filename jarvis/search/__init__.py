"""Search by meaning and by words over the whole history."""
