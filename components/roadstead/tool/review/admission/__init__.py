"""What a Kubernetes API server refuses, as far as it can be told without one."""
