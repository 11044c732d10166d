"""The rules: each file is a family, each a pure function from a difference to findings. docs/rules.md has a line for each id."""
