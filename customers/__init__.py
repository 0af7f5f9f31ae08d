"""Who is calling, and the context that travels with a contact."""
