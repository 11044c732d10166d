"""The way to another version of Kubernetes."""
