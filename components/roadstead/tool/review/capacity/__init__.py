"""Whether what a stack runs has a place."""
