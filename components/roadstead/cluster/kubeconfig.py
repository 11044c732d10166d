"""A kubeconfig that asks the AWS CLI for a token each time: no credential in it, and none in Pulumi's state."""

import json


def kubeconfig(cluster_name: str, endpoint: str, certificate_authority_data: str, region: str) -> str:
    """The kubeconfig of an EKS cluster as JSON.

    https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html
    """
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": cluster_name,
            "contexts": [{"name": cluster_name, "context": {"cluster": cluster_name, "user": cluster_name}}],
            "clusters": [
                {
                    "name": cluster_name,
                    "cluster": {"server": endpoint, "certificate-authority-data": certificate_authority_data},
                }
            ],
            "users": [
                {
                    "name": cluster_name,
                    "user": {
                        "exec": {
                            "apiVersion": "client.authentication.k8s.io/v1beta1",
                            "command": "aws",
                            "args": ["--region", region, "eks", "get-token", "--cluster-name", cluster_name],
                        }
                    },
                }
            ],
        }
    )
