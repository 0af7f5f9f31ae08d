"""The permanent memory: what happened, and the views read from it."""
