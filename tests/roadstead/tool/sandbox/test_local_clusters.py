from pathlib import Path

import pytest
import yaml

from roadstead.tool.offline.errors import InputError
from roadstead.tool.sandbox.local_clusters import chosen_cluster


def kubeconfig(folder: Path, context: str, server: str) -> Path:
    path = folder / "kubeconfig"
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": context,
        "contexts": [{"name": context, "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
    }
    path.write_text(yaml.safe_dump(document))
    return path


@pytest.mark.parametrize(
    ("context", "server"),
    [
        ("kind-roadstead", "https://127.0.0.1:41234"),
        ("k3d-roadstead", "https://0.0.0.0:6550"),
        ("minikube", "https://192.168.49.2:8443"),
        ("kind-roadstead", "https://localhost:6443"),
    ],
)
def test_a_local_cluster_is_taken(tmp_path: Path, context: str, server: str) -> None:
    assert chosen_cluster(kubeconfig(tmp_path, context, server), None).context == context


@pytest.mark.parametrize(
    ("context", "server"),
    [
        ("arn:aws:eks:eu-west-1:111122223333:cluster/production", "https://ABC.gr7.eu-west-1.eks.amazonaws.com"),
        ("kind-of-important", "https://ABC.gr7.eu-west-1.eks.amazonaws.com"),
        ("kind-roadstead", "https://52.18.3.4"),
        ("production", "https://127.0.0.1:6443"),
    ],
)
def test_any_other_cluster_is_refused_unless_it_is_named(tmp_path: Path, context: str, server: str) -> None:
    path = kubeconfig(tmp_path, context, server)
    with pytest.raises(
        InputError, match=f"not a local cluster; got '{context}' at {server}; expected a context of kind"
    ):
        chosen_cluster(path, None)
    with pytest.raises(InputError, match=f"--allow-cluster {context}"):
        chosen_cluster(path, "another")
    assert chosen_cluster(path, context).server == server


@pytest.mark.parametrize("text", ["", "a: 1", "[]", "{"])
def test_what_is_no_kubeconfig_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(text)
    with pytest.raises(InputError, match="no usable kubeconfig"):
        chosen_cluster(path, None)


def test_a_kubeconfig_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no usable kubeconfig"):
        chosen_cluster(tmp_path / "nothing", None)
