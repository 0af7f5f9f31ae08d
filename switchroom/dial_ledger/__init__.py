"""The ledger of dials: what was allowed, refused and abandoned, in a chain that no one can alter unseen."""
