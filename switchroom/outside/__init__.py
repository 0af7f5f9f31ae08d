"""The outside world of a demo: callers, a carrier's own counts, and robot agents at real phones and real pages."""
