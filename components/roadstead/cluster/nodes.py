"""What EKS and Kubernetes call nodes and what is known of them."""

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
GROUP_LABEL = "eks.amazonaws.com/nodegroup"
ZONE_LABEL = "topology.kubernetes.io/zone"
HOST_LABEL = "kubernetes.io/hostname"
TYPE_LABEL = "node.kubernetes.io/instance-type"
DEFAULT_TYPE, ON_DEMAND = "t3.medium", "ON_DEMAND"
"""What EKS takes where a group says nothing: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"""
EFFECTS = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}
"""EKS's words for the effects of a taint, and Kubernetes'."""
ARCHITECTURES = {"x86_64": "amd64"}
"""EC2's words for an architecture, where Kubernetes has another one."""
