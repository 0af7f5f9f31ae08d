"""What is kept of a call: policy, names, audio work and integrity."""
