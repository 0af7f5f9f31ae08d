"""Whom we call, when and how fast. The room and its border stand; its first decision comes with campaigns."""
