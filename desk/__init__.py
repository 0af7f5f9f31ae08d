"""The screens: HTTP, live events, pages."""
