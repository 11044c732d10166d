"""From files to the way to a newer Kubernetes."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from roadstead.core.problems import problem
from roadstead.facts import addon_versions, eks_versions, files, kubernetes_apis, node_images
from roadstead.facts.kubernetes_versions import minor
from roadstead.tool.offline.errors import InputError
from roadstead.tool.offline.graph import Graph
from roadstead.tool.report.tree import kind
from roadstead.tool.review import waivers
from roadstead.tool.review.asking import asked
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.masking import masked_graph
from roadstead.tool.review.review import worst_first
from roadstead.tool.review.revisions import revision
from roadstead.tool.review.rules.upgrade import rule_towards
from roadstead.tool.review.upgrade.plan import Plan, StackUpgrade, in_turn, steps
from roadstead.tool.review.upgrade.versions import Versions, versions
from roadstead.tool.review.waivers import WaiverSpec

TABLES = (eks_versions.DATA, addon_versions.DATA, node_images.DATA, kubernetes_apis.DATA)


def way_to(project: Path, target: str, stacks: Sequence[str], today: date) -> tuple[Plan, list[str]]:
    """The way of stacks, as the files are here, to a version of Kubernetes; and what is wrong with the waivers."""
    if wrong := _unknown(target):
        raise InputError(wrong)
    lifted = waivers.load(project)
    graphs = {name: masked_graph(graph) for name, graph in revision.here(project, stacks).items()}
    if wrong := _behind_all(graphs, target):
        raise InputError(wrong)
    results = [_stack(graph, target, lifted, today) for graph in graphs.values()]
    ordered = in_turn(stack for stack, _ in results)
    facts = {name: str(files.read(name)["date"]) for name in TABLES}
    plan = Plan(target, facts, tuple(ordered), tuple(steps(ordered, target)))
    return plan, [text for _, texts in results for text in texts]


def _unknown(target: str) -> str | None:
    """Why nothing can be said of a target."""
    newest = max(files.read(kubernetes_apis.DATA)["kubernetes_version"], *eks_versions.eks_versions(), key=minor)
    if not re.fullmatch(r"1\.\d{1,3}", target):
        return problem("--to", "no minor version of Kubernetes", target, f"e.g. '{newest}'")
    if minor(target) > minor(newest):
        expected = f"at most {newest}, the newest that data/{kubernetes_apis.DATA} and data/{eks_versions.DATA} know"
        return problem("--to", "nothing is known of that version", target, expected)
    return None


def _behind_all(graphs: dict[str, Graph], target: str) -> str | None:
    """That a target lies behind every stack. Where it is ahead of some, the others are let be."""
    known = {name: version for name, graph in graphs.items() if (version := versions(graph).version)}
    if not known or any(minor(version) <= minor(target) for version in known.values()):
        return None
    newer = ", ".join(f"{name}: {version}" for name, version in known.items())
    return problem(
        "--to", f"older than what there is ({newer})", target, "a newer one; docs/upgrade.md has the way back"
    )


def _stack(graph: Graph, target: str, lifted: Sequence[WaiverSpec], today: date) -> tuple[StackUpgrade, list[str]]:
    here = versions(graph)
    if here.version and minor(here.version) > minor(target):
        return StackUpgrade(graph.stack, here, (), notes=(f"It runs {here.version} already: left as it is.",)), []
    rules = {waiver["rule"] for waiver in lifted}
    said = asked([rule_towards(target)], StackDiff(graph.stack, None, graph, (), is_compared=False))
    left, applied, wrong = waivers.applied(lifted, said.findings, {graph.stack}, today, rules)
    notes = (*_notes(here, target), *(text for text in said.undecided if "upgrade/" in text))
    return StackUpgrade(graph.stack, here, worst_first(left), tuple(applied), notes), wrong


def _notes(here: Versions, target: str) -> list[str]:
    names = [f"{kind(made.type)} {made.name}" for made in here.unversioned]
    notes = [f"The program does not say which version {', '.join(names)} has: no steps for that."] if names else []
    if here.version == target:
        notes.append(f"It runs {target} already.")
    if not here.clusters and not here.unversioned:
        notes.append(
            "It makes no cluster of its own: whoever has the cluster upgrades it. What would stop that is said."
        )
    return notes
