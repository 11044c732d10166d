"""A stack on this machine: its Kubernetes objects on a local API server, its AWS resources in moto."""
