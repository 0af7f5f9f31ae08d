"""SIP phones of our own, for robots, tests and probes."""
