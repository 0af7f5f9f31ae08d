"""A day of a campaign in virtual time: customers drawn by seed, agents, and a pacer that decides how many to dial."""
