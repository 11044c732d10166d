"""What a graph says, read once for each revision: things as AWS and Kubernetes know them, in types that a rule can rely on."""
