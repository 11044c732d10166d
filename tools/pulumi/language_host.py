"""Runs Python programs for a Pulumi engine that is built from its Go module, which brings no host for Python.

Started by the engine with its address as the last argument; serves the SDK's own `LanguageRuntime` protocol and prints its
port. A program is run by the SDK module's `pulumi-language-python-exec`, whose path is the first argument.
https://www.pulumi.com/docs/iac/concepts/how-pulumi-works/#language-hosts
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

TOLD = 32
"""The exit code of a program that has said itself what went wrong."""
MODULES = {"analyzer": ["-m", "pulumi.policy"]}
"""What runs a plugin that is a folder of Python, by kind; others run themselves."""


class Host(language_pb2_grpc.LanguageRuntimeServicer):
    """The host. The methods are named as in Pulumi's protocol."""

    def __init__(self, executor: Path, engine: str) -> None:
        self._executor, self._engine = executor, engine

    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        return language_pb2.LanguageHandshakeResponse()

    def GetRequiredPlugins(
        self, request: language_pb2.GetRequiredPluginsRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPluginsResponse:
        return language_pb2.GetRequiredPluginsResponse()

    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        # The resources name the versions of their providers themselves.
        return language_pb2.GetRequiredPackagesResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=version("pulumi"))

    def About(self, request: language_pb2.AboutRequest, context: grpc.ServicerContext) -> language_pb2.AboutResponse:
        return language_pb2.AboutResponse(executable=_python(request.info), version=sys.version.split()[0])

    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        return language_pb2.GetProgramDependenciesResponse()

    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        # Projects and plugins run in a virtual environment that is there, or with this Python.
        yield from ()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Run(self, request: language_pb2.RunRequest, context: grpc.ServicerContext) -> language_pb2.RunResponse:
        """Runs a program to its end; it registers its resources with the engine itself."""
        folder = request.info.program_directory
        settings = {
            "monitor": request.monitor_address,
            "engine": self._engine,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "root_directory": request.info.root_directory,
            "pwd": request.pwd,
            "dry_run": "true" if request.dryRun else "false",
            "parallel": str(request.parallel),
        }
        options = [part for name, value in settings.items() if value for part in (f"--{name}", value)]
        secret_keys = json.dumps(list(request.configSecretKeys))
        done = subprocess.run(
            [_python(request.info), "-u", str(self._executor), *options, str(Path(folder, request.info.entry_point))],
            env={
                **os.environ,
                "PULUMI_CONFIG": json.dumps(dict(request.config)),
                "PULUMI_CONFIG_SECRET_KEYS": secret_keys,
            },
            check=False,
        )
        if done.returncode in (0, TOLD):
            return language_pb2.RunResponse(bail=done.returncode == TOLD)
        return language_pb2.RunResponse(error=f"program exited with non-zero exit code: {done.returncode}")

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Runs a plugin that is a folder of Python, such as a policy pack, and hands on what it prints."""
        folder = request.info.program_directory
        module = MODULES.get(request.kind)
        command = [*module, *request.args, folder] if module else [folder, *request.args]
        process = subprocess.Popen(
            [_python(request.info), "-u", *command],
            cwd=folder if module else request.pwd,
            env={**os.environ, **dict(item.split("=", 1) for item in request.env)},
            stdout=subprocess.PIPE,
            stderr=sys.stderr,
        )
        context.add_callback(process.terminate)
        assert process.stdout is not None
        for line in process.stdout:
            yield language_pb2.RunPluginResponse(stdout=line)
        yield language_pb2.RunPluginResponse(exitcode=process.wait())


def _python(info: language_pb2.ProgramInfo) -> str:
    """The Python of a project's virtual environment; this one where the project names none."""
    own = dict(info.options).get("virtualenv")
    return str(Path(info.root_directory, str(own), "bin", "python")) if own else sys.executable


def main(executor: Path, engine: str) -> None:
    """Serves until the engine says that it is over."""
    server = grpc.server(ThreadPoolExecutor(max_workers=8))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(Host(executor, engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    over.wait()
    server.stop(grace=None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[-1])
