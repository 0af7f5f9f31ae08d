"""The telephone side: Asterisk, SIP and MQTT turned into a small vocabulary, and back."""
