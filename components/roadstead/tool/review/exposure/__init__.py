"""What can be reached: from outside the cluster, and by pods."""
