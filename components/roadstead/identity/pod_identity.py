"""Trust of roles that pods take on through EKS Pod Identity."""

from roadstead.identity.documents import document


def pod_identity_trust(cluster_arn: str, namespace: str, service_account: str) -> str:
    """Trust in the pods of one service account in one cluster.

    Without the conditions, any Pod Identity association in the account could hand the role out.
    https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {
                "StringEquals": {
                    "aws:RequestTag/eks-cluster-arn": cluster_arn,
                    "aws:RequestTag/kubernetes-namespace": namespace,
                    "aws:RequestTag/kubernetes-service-account": service_account,
                }
            },
        }
    )
