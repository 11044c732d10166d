"""What a change would do: pure functions from graphs to differences and findings."""
