"""A day of calls in virtual time: described, drawn by seed into a crowd, run against any router."""
