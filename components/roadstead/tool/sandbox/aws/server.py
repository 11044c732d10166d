"""Moto's server: AWS's API as moto plays it, in memory, on loopback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from roadstead.tool.offline.errors import InputError
from roadstead.tool.offline.placeholders import EXAMPLE_REGION
from roadstead.tool.sandbox import processes
from roadstead.tool.sandbox.aws.clients import connect
from roadstead.tool.sandbox.control_plane import LOOPBACK
from roadstead.tool.sandbox.processes import Process

NAME = "moto"
READY_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    endpoint_url: str
    """What `AWS_ENDPOINT_URL` has to be to use it."""
    process: Process


@contextmanager
def running(folder: Path, account_id: str) -> Iterator[Server]:
    """A server for as long as the block lasts, however it ends."""
    server = start(folder, account_id)
    try:
        yield server
    finally:
        processes.stop([server.process])


def start(folder: Path, account_id: str) -> Server:
    """Starts a server whose every caller is in one account, logs in a folder, and waits until it answers.

    Nobody's rights are looked at. Raises `InputError` that names the log when it does not stay.
    """
    settings = {
        "MOTO_ACCOUNT_ID": account_id,
        # Otherwise none of AWS's own policies can be attached.
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    }
    # The system chooses the port: none can be taken away between choosing and listening.
    command = [sys.executable, "-m", "moto.server", "--host", LOOPBACK, "--port", "0"]
    process = processes.start(NAME, command, folder, settings)
    try:
        endpoint_url = f"http://{LOOPBACK}:{_port(process, folder)}"
        connect(endpoint_url, EXAMPLE_REGION).sts.get_caller_identity()
    except BaseException:
        processes.stop([process])
        raise
    return Server(endpoint_url, process)


class _NotListeningError(Exception):
    """It does not listen."""


@retry(
    retry=retry_if_exception_type(_NotListeningError),
    wait=wait_fixed(0.05),
    stop=stop_after_delay(READY_SECONDS),
    reraise=True,
)
def _port(process: Process, folder: Path) -> int:
    found = process.running()
    if found is None:
        raise InputError(f"moto's server ended as soon as it was started; {folder / f'{NAME}.log'} says why")
    for connection in found.net_connections("tcp4"):
        if connection.status == psutil.CONN_LISTEN:
            return int(connection.laddr.port)
    raise _NotListeningError
