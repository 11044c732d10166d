"""Which version of each EKS add-on belongs to which Kubernetes version."""

from roadstead.facts import files

DATA = "addon_versions.json"


def pinned_versions() -> dict[str, dict[str, str]]:
    """The pinned version of each add-on that Roadstead installs, by Kubernetes version."""
    return {
        kubernetes_version: {addon: pin["version"] for addon, pin in pins.items()}
        for kubernetes_version, pins in files.read(DATA)["versions"].items()
    }


def addon_versions(kubernetes_version: str) -> dict[str, str]:
    """Those of one Kubernetes version."""
    return pinned_versions()[kubernetes_version]
