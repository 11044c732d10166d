"""Which version of each EKS add-on belongs to which Kubernetes version."""

from roadstead.facts import files

DATA = "addon_versions.json"


def addon_versions(kubernetes_version: str) -> dict[str, str]:
    """The pinned version of each add-on that Roadstead installs."""
    pins = files.read(DATA)["versions"][kubernetes_version]
    return {addon: pin["version"] for addon, pin in pins.items()}
