"""How many lines to dial."""
