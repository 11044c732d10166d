"""The bare program that `make bench` compares with: a graph's resources, flat, under the SDK's own mocks.

.venv/bin/python scripts/flat_program.py build/staging/graph.json
.venv/bin/python scripts/flat_program.py --load-only build/staging/graph.json
"""

import asyncio
import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws
import pulumi_eks
import pulumi_kubernetes
from pulumi import _types
from pulumi.runtime import mocks

import roadstead
from roadstead.tool.cli import main as command

PROVIDERS = {
    "pulumi:providers:aws": pulumi_aws.Provider,
    "pulumi:providers:eks": pulumi_eks.Provider,
    "pulumi:providers:kubernetes": pulumi_kubernetes.Provider,
}


class Echo(mocks.Mocks):
    """Every resource becomes what it was declared to be."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """A resource without computed outputs."""
        return args.name, args.inputs

    def call(self, args: mocks.MockCallArgs) -> Any:
        """Nothing is looked up."""
        raise AssertionError(f"a look-up: {args.token}")


def resource_class(type_: str) -> Any:
    """The SDK's class of a resource type; loads its module, as a program would."""
    if type_ in PROVIDERS:
        return PROVIDERS[type_]
    package, module, name = type_.split(":")
    if package == "aws":
        module = module.partition("/")[0]
    home = module.replace(".authorization", "").replace(".k8s.io", "").replace("/", ".")
    return getattr(importlib.import_module(f"pulumi_{package}.{home}"), name)


def program(resources: list[dict[str, Any]], classes: dict[str, Any]) -> None:
    for number, resource in enumerate(resources):
        # Flat, names would collide that do not in a tree.
        name, inputs = f"{resource['name']}-{number}", resource["inputs"]
        if resource["type"] in PROVIDERS:
            classes[resource["type"]](name)
        elif resource["custom"]:
            python = _types.resource_pulumi_to_py_names(classes[resource["type"]])
            classes[resource["type"]](name, **{python.get(key, key): value for key, value in inputs.items()})
        elif resource["type"] != "pulumi:pulumi:Stack":
            pulumi.ComponentResource(resource["type"], name, inputs)


async def under_mocks() -> None:
    mocks.set_mocks(Echo())


def the_commands_imports() -> None:
    """What `roadstead preview` loads too: compared is the work, not who imports what."""
    assert command.app
    for name in roadstead.__all__:
        getattr(roadstead, name)


def load(graph: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A graph's resources, and the classes of their types."""
    resources = json.loads(graph.read_text(encoding="utf-8"))["resources"]
    return resources, {
        resource["type"]: resource_class(resource["type"]) for resource in resources if resource["custom"]
    }


def main(arguments: list[str]) -> None:
    the_commands_imports()
    resources, classes = load(Path(arguments[-1]))
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(under_mocks())
    mocks.test(lambda: program(resources, classes))()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main(sys.argv[1:])
