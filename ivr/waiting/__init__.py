"""What a caller hears and may press while he waits for a person, as a queue's text says.

It does not know agents, telephones or clocks: a position and an estimate come in, names of sounds go out.
"""
