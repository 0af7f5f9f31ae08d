"""Whom we call, when and how fast."""
