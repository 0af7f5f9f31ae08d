"""Whether a number may be dialled, and how many persons may be left without an agent: the book of law."""
