"""What differs between two graphs, and what a provider would do about it."""
