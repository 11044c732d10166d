"""A review as something to read, for people and for programs."""
