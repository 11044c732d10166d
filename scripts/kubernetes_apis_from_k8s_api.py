"""Makes `data/kubernetes_apis.json` from Kubernetes' own Go modules: since when each API version exists, and until when.

Each module has what the API server itself decides by (`zz_generated.prerelease-lifecycle.go`). An API that is gone from
the newest modules stands in older ones, so folders of several versions are given, the newest first; the first that knows an
API is believed.

    for version in v0.37.2 v0.36.6 …; do
      for module in api apiextensions-apiserver kube-aggregator; do go mod download -json k8s.io/$module@$version; done
    done | jq -r .Dir | xargs .venv/bin/python scripts/kubernetes_apis_from_k8s_api.py 2026-11-21
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from roadstead.facts import kubernetes_apis
from roadstead.facts.files import write

LIFECYCLES = "zz_generated.prerelease-lifecycle.go"
GROUP = re.compile(r'^const GroupName = "(.*)"$', re.MULTILINE)
RELEASE = re.compile(r"^func \(in \*(\w+)\) APILifecycle(\w+)\(\) .*\{\n\treturn (\d+), (\d+)\n\}", re.MULTILINE)
REPLACEMENT = re.compile(
    r"^func \(in \*(\w+)\) APILifecycleReplacement\(\) .*\{\n"
    r'\treturn schema\.GroupVersionKind\{Group: "(.*)", Version: "(.*)", Kind: "(.*)"\}\n\}',
    re.MULTILINE,
)
Kinds = dict[str, dict[str, str]]


def main(date: str, *modules: str) -> None:
    found: dict[str, Kinds] = {}
    for module in modules:
        here = list(api_versions(Path(module)))
        if not here:
            sys.exit(f"{module}: no module with {LIFECYCLES}")
        for version, kinds in here:
            known = found.setdefault(version, {})
            for kind, lifecycle in kinds.items():
                known.setdefault(kind, lifecycle)
    for lifecycle in [lifecycle for kinds in found.values() for lifecycle in kinds.values()]:
        version, _, kind = lifecycle.get("replacement", "").partition(" ")
        if kind not in found.get(version, {}):
            # A few tags name a kind that never was.
            lifecycle.pop("replacement", None)
    versions = [Path(module).name.partition("@")[2] for module in modules]
    table = {
        "source": f"{LIFECYCLES} of k8s.io/api, apiextensions-apiserver and kube-aggregator, {versions[0]} to {versions[-1]}",
        "date": date,
        "kubernetes_version": f"1.{versions[0].split('.')[1]}",
        "api_versions": {version: dict(sorted(found[version].items())) for version in sorted(found)},
    }
    write(kubernetes_apis.DATA, table)


def api_versions(module: Path) -> Iterator[tuple[str, Kinds]]:
    """Each API version of a module, with its kinds; of lists only what they are lists of."""
    for file in sorted(module.rglob(LIFECYCLES)):
        (group,) = GROUP.findall((file.parent / "register.go").read_text(encoding="utf-8"))
        kinds = lifecycles(file.read_text(encoding="utf-8"))
        yield (
            api_version(group, file.parent.name),
            {kind: kinds[kind] for kind in kinds if kind.removesuffix("List") == kind or kind[:-4] not in kinds},
        )


def lifecycles(code: str) -> Kinds:
    """What the generated functions of one package answer."""
    found: Kinds = {}
    for kind, what, major, minor in RELEASE.findall(code):
        found.setdefault(kind, {})[what.lower()] = f"{major}.{minor}"
    for kind, group, version, other in REPLACEMENT.findall(code):
        found[kind]["replacement"] = f"{api_version(group, version)} {other}"
    return found


def api_version(group: str, version: str) -> str:
    """As objects write it: the core group has no name."""
    return f"{group}/{version}" if group else version


main(*sys.argv[1:])
