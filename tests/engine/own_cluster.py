"""A cluster of this machine for the real Kubernetes provider: as itself, or in the place of one in EKS."""

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class OwnCluster:
    """A cluster, and a folder for a program that signs in to it as `aws eks get-token` does."""

    kubeconfig: Path
    folder: Path

    def environment(self, path: str) -> dict[str, str]:
        """Variables with which `pulumi` and its providers find the cluster."""
        return {"KUBECONFIG": str(self.kubeconfig), "PATH": f"{self._with_aws()}{os.pathsep}{path}"}

    def as_eks(self) -> dict[str, Any]:
        """What AWS would say of the cluster, were it in EKS."""
        cluster = self._entry("clusters")["cluster"]
        authority = base64.b64encode(Path(cluster["certificate-authority"]).read_bytes()).decode()
        return {"endpoint": cluster["server"], "certificateAuthority": {"data": authority}}

    def _with_aws(self) -> Path:
        """The folder with a program `aws` in it, which hands out the administrator's token and can do nothing else."""
        program, token = self.folder / "aws", self._entry("users")["user"]["token"]
        version = "client.authentication.k8s.io/v1beta1"
        answer = json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": {"token": token}})
        signs_in = f"case \"$*\" in *' eks get-token '*) echo '{answer}' ;; *) exit 1 ;; esac"
        self.folder.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\n{signs_in}\n", encoding="utf-8")
        program.chmod(0o700)
        return self.folder

    def _entry(self, kind: str) -> dict[str, Any]:
        content = yaml.safe_load(self.kubeconfig.read_text(encoding="utf-8"))
        entry: dict[str, Any] = content[kind][0]
        return entry
