"""Asterisk: found or unpacked, configured, started, spoken to and listened to."""
