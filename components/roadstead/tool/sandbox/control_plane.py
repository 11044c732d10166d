"""A Kubernetes control plane on loopback: etcd, API server, controller manager, scheduler, and kwok in place of kubelets."""

import csv
import secrets
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from kubernetes import client, config
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from roadstead.tool.offline.errors import InputError
from roadstead.tool.sandbox import kubeconfigs, processes
from roadstead.tool.sandbox.processes import Process
from roadstead.tool.sandbox.programs import Programs

LOOPBACK = "127.0.0.1"
FAKE_NODE = "kwok.x-k8s.io/node=fake"
"""The annotation of the nodes that kwok plays."""
LISTENING_PORTS = range(20000, 32768)
"""Below those that Linux and macOS give to outgoing connections."""
READY_SECONDS = 60


@dataclass(frozen=True)
class ControlPlane:
    """A control plane that runs."""

    kubeconfig: Path
    """Of an administrator."""
    processes: tuple[Process, ...]


@contextmanager
def running(folder: Path, programs: Programs) -> Iterator[ControlPlane]:
    """A control plane for as long as the block lasts, however it ends."""
    plane = start(folder, programs)
    try:
        yield plane
    finally:
        processes.stop(plane.processes)


def start(folder: Path, programs: Programs) -> ControlPlane:
    """Starts a control plane with its state in an empty folder, and waits until it can be used.

    Raises `InputError` that names the logs when one of the programs does not stay.
    """
    folder = folder.resolve()
    started: list[Process] = []
    try:
        return _start(folder, programs, started)
    except BaseException:
        processes.stop(started)
        raise


def _start(folder: Path, programs: Programs, started: list[Process]) -> ControlPlane:
    logs, tls, kubeconfig = folder / "logs", folder / "tls", folder / "kubeconfig"
    etcd, peer, api, *others = _free_ports(6)
    tls.mkdir(parents=True)
    token = secrets.token_urlsafe()
    users, key = tls / "tokens.csv", tls / "service-accounts.key"
    _write_users(users, token)
    _write_key(key)

    def run(name: str, **flags: object) -> None:
        options = [f"--{flag.replace('_', '-')}={_text(value)}" for flag, value in flags.items()]
        started.append(processes.start(name, [str(programs.paths[name]), *options], logs))

    run(
        "etcd",
        data_dir=folder / "etcd",
        listen_client_urls=f"http://{LOOPBACK}:{etcd}",
        advertise_client_urls=f"http://{LOOPBACK}:{etcd}",
        listen_peer_urls=f"http://{LOOPBACK}:{peer}",
        initial_advertise_peer_urls=f"http://{LOOPBACK}:{peer}",
        initial_cluster=f"default=http://{LOOPBACK}:{peer}",
        unsafe_no_fsync=True,
        log_level="warn",
    )
    run(
        "kube-apiserver",
        etcd_servers=f"http://{LOOPBACK}:{etcd}",
        bind_address=LOOPBACK,
        secure_port=api,
        cert_dir=tls,
        token_auth_file=users,
        authorization_mode="Node,RBAC",
        # As on EKS: what Pod Security forbids is then refused by Pod Security.
        allow_privileged=True,
        endpoint_reconciler_type="none",
        service_cluster_ip_range="10.0.0.0/24",
        service_account_issuer="https://kubernetes.default.svc",
        service_account_key_file=key,
        service_account_signing_key_file=key,
    )
    server = f"https://{LOOPBACK}:{api}"
    kubeconfigs.write(kubeconfig, kubeconfigs.kubeconfig(server, tls / "apiserver.crt", token))
    _wait_until_ready(server, tls / "apiserver.crt", started, logs)
    run(
        "kube-controller-manager",
        kubeconfig=kubeconfig,
        service_account_private_key_file=key,
        root_ca_file=tls / "apiserver.crt",
        use_service_account_credentials=True,
        # A scaler's least replicas are there at once, not after half a minute.
        horizontal_pod_autoscaler_sync_period="2s",
        leader_elect=False,
        bind_address=LOOPBACK,
        secure_port=others[0],
        cert_dir=tls / "controller-manager",
    )
    run(
        "kube-scheduler",
        kubeconfig=kubeconfig,
        leader_elect=False,
        bind_address=LOOPBACK,
        secure_port=others[1],
        # The API server is there for nobody else: a thousand pods have their nodes in seconds.
        kube_api_qps=1000,
        kube_api_burst=2000,
        cert_dir=tls / "scheduler",
    )
    run(
        "kwok",
        kubeconfig=kubeconfig,
        config=programs.stages,
        manage_nodes_with_annotation_selector=FAKE_NODE,
        server_address=f"{LOOPBACK}:{others[2]}",
    )
    _wait_for_controllers(kubeconfig, started, logs)
    return ControlPlane(kubeconfig, tuple(started))


class _NotYetError(Exception):
    """What is waited for is not there."""


_patiently = retry(
    retry=retry_if_exception_type((_NotYetError, OSError, client.ApiException)),
    wait=wait_fixed(0.05),
    stop=stop_after_delay(READY_SECONDS),
    reraise=True,
)


@_patiently
def _wait_until_ready(server: str, certificate: Path, started: list[Process], logs: Path) -> None:
    _still_there(started, logs)
    if not certificate.exists():
        raise _NotYetError(certificate)
    with urlopen(f"{server}/readyz", context=ssl.create_default_context(cafile=certificate), timeout=5):
        pass


@_patiently
def _wait_for_controllers(kubeconfig: Path, started: list[Process], logs: Path) -> None:
    """Pods are refused until there is the service account that the controller manager makes."""
    _still_there(started, logs)
    with config.new_client_from_config(str(kubeconfig)) as api:
        client.CoreV1Api(api).read_namespaced_service_account("default", "default")


def _still_there(started: list[Process], logs: Path) -> None:
    for process in started:
        if process.running() is None:
            last = (logs / f"{process.name}.log").read_text(errors="replace").strip().splitlines()[-3:]
            raise InputError(f"{process.name} ended as soon as it was started; its last words: {' / '.join(last)}")


def _free_ports(number: int) -> list[int]:
    """Ports of loopback that nobody listens on, and that systems do not hand out for outgoing connections."""
    found: list[int] = []
    while len(found) < number:
        port = secrets.choice(LISTENING_PORTS)
        if port not in found and _is_free(port):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    try:
        with socket.create_server((LOOPBACK, port)):
            return True
    except OSError:
        return False


def _write_users(path: Path, token: str) -> None:
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow([token, "sandbox-administrator", "sandbox-administrator", "system:masters"])


def _write_key(path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
