"""Which release of the node image is known for each Kubernetes version."""

from roadstead.facts import files

DATA = "node_images.json"


def node_images() -> dict[str, str]:
    """The newest known release of Amazon Linux 2023, by Kubernetes version."""
    return {version: pin["release_version"] for version, pin in files.read(DATA)["releases"].items()}
