"""A caller's flow: what he hears and presses, read from text and run one step at a time."""
