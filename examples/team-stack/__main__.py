"""An app in a stack of its team's own: the platform is another stack, and a StackReference says what that one made.

Kubernetes is reached as `kubectl` would: with the kubeconfig of whoever runs it.
"""

import pulumi

from roadstead import App

platform = pulumi.StackReference("acme/roadstead/staging")
repositories = platform.require_output("repository_urls")
namespaces = platform.require_output("namespaces")

App(
    "search",
    {
        "app": "search",
        "team": "storefront",
        "tier": "staging",
        "namespace": namespaces.apply(lambda of: of["storefront"][0]),
        "image": repositories.apply(lambda of: of["storefront"]["storefront/catalog"]),
        "digest": "sha256:6bf4bc8bf5cd5b0d4f8c9a1f3c2b7d9e0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "command": ["catalog", "search"],
        "port": 8080,
        "health_path": "/healthz",
        "cpu": "250m",
        "memory": "256Mi",
    },
)
