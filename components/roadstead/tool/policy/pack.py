"""One policy for each rule that can be asked without knowing what was there before."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from roadstead.tool.policy.reading import Inputs
from roadstead.tool.review import waivers
from roadstead.tool.review.asking import Answers, asked
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity
from roadstead.tool.review.inferred import inferred
from roadstead.tool.review.masking import masked_graph
from roadstead.tool.review.project_rules import project_rules
from roadstead.tool.review.rules import COMPARING, IDS, OF_ALL_STACKS, RULES, secrets, spot, upgrade, workload

ASKED = sorted(IDS - COMPARING - OF_ALL_STACKS - {*upgrade.ON_THE_WAY})
"""The rules that look at one stack as it will be."""
ADVISORY = frozenset([spot.ZONES, spot.SINGLE, workload.PROBE, workload.LIMIT, upgrade.DEPRECATED, secrets.IN_CLEAR])
"""Of those, the ones that only warn."""
PROJECT_ERRORS, PROJECT_WARNINGS, NOT_DECIDED, INPUTS = "project/errors", "project/warnings", "not-decided", "inputs"

NOTHING_SHOWN = (
    f'every rule: not decided: they need the policy {INPUTS!r} at its own level; configure it as "remediate".'
)


class Pack:
    """The policies of a project, with what they remember of the stack that they look at."""

    def __init__(self, project: Path, today: date) -> None:
        self._waivers, self._today = waivers.load(project), today
        self._rules = (*RULES, *project_rules())
        self._inputs = Inputs()
        self._answered: Answers | None = None

    def policies(self) -> list[Policy]:
        """What to give to a `PolicyPack`."""
        return [
            ResourceValidationPolicy(
                INPUTS,
                "Remembers what each resource is given, for the other policies. It finds and changes nothing.",
                # Of all policies these alone are shown which values are secret.
                remediate=self._remember,
                enforcement_level=EnforcementLevel.REMEDIATE,
            ),
            *(
                self._policy(rule, f"docs/rules.md#{rule.partition('/')[0]}", is_error=rule not in ADVISORY)
                for rule in ASKED
            ),
            self._policy(PROJECT_ERRORS, "What rules of the project's own find, errors.", is_error=True),
            self._policy(PROJECT_WARNINGS, "What rules of the project's own find, warnings and notes."),
            StackValidationPolicy(
                NOT_DECIDED,
                "What rules look at and cannot see. `pulumi up` asks them again at its end, when it is known.",
                self._say_what_is_not_decided,
                EnforcementLevel.ADVISORY,
            ),
        ]

    def _policy(self, name: str, description: str, *, is_error: bool = False) -> Policy:
        def validate(shown: StackValidationArgs, report: ReportViolation) -> None:
            for finding in self._answers(shown.resources).findings:
                if _policy_of(finding) == name:
                    report(_text(finding), finding.resource)

        level = EnforcementLevel.MANDATORY if is_error else EnforcementLevel.ADVISORY
        return StackValidationPolicy(name, description, validate, level)

    def _remember(self, shown: ResourceValidationArgs) -> None:
        self._inputs.remember(shown)
        self._answered = None

    def _say_what_is_not_decided(self, shown: StackValidationArgs, report: ReportViolation) -> None:
        undecided = self._answers(shown.resources).undecided
        if undecided:
            report("\n".join(undecided), None)

    def _answers(self, shown: Sequence[PolicyResource]) -> Answers:
        """What the rules say; asked once, although every policy is shown the stack anew."""
        if self._inputs.is_empty:
            return Answers((), (NOTHING_SHOWN,))
        if self._answered is None:
            graph = masked_graph(inferred(self._inputs.graph(shown)))
            found = asked(self._rules, StackDiff(graph.stack, None, graph, (), is_compared=False))
            left, _, _ = waivers.applied(self._waivers, found.findings, {graph.stack}, self._today)
            self._answered = found._replace(findings=tuple(left))
        return self._answered


def _policy_of(finding: Finding) -> str:
    if finding.rule in IDS:
        return finding.rule
    return PROJECT_ERRORS if finding.severity is Severity.ERROR else PROJECT_WARNINGS


def _text(finding: Finding) -> str:
    """What is wrong, what to do, and where."""
    rule = "" if finding.rule in IDS else f"{finding.rule}: "
    where = f" ({finding.file}{f': {finding.key}' if finding.key else ''})" if finding.file else ""
    return f"{rule}{finding.what} {finding.do}{where}"
