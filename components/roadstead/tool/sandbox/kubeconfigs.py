"""Kubeconfigs: the sandbox's own, and one for each persona of each team."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from roadstead.tenancy.personas import group

CONTEXT = "roadstead-sandbox"


def kubeconfig(server: str, certificate: Path, token: str) -> dict[str, Any]:
    """A kubeconfig with one context, for somebody with a token."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CONTEXT, "cluster": {"server": server, "certificate-authority": str(certificate)}}],
        "users": [{"name": CONTEXT, "user": {"token": token}}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
        "current-context": CONTEXT,
    }


def as_persona(admin: Mapping[str, Any], team: str, persona: str, namespace: str) -> dict[str, Any]:
    """An administrator's kubeconfig that acts as a persona of a team: in the group that its access entry gives it."""
    changed: dict[str, Any] = json.loads(json.dumps(admin))
    contexts = {entry["name"]: entry["context"] for entry in changed["contexts"]}
    context = contexts[changed["current-context"]]
    context["namespace"] = namespace
    users = {entry["name"]: entry["user"] for entry in changed["users"]}
    users[context["user"]] |= {"as": f"{team}-{persona}", "as-groups": [group(team, persona)]}
    return changed


def write(path: Path, config: Mapping[str, Any]) -> None:
    """Writes a kubeconfig that only its owner can read: there is a token in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(dict(config), sort_keys=False), encoding="utf-8")
