"""What the API server refuses in every team's namespace."""

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_kubernetes.admissionregistration.v1 import (
    ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding,
    ValidatingAdmissionPolicySpecArgsDict,
    ValidationArgsDict,
)

from roadstead.core.problems import checked
from roadstead.tenancy.guard.policies import POLICIES
from roadstead.tenancy.guard.rule import Policy, Rule
from roadstead.tenancy.team_namespace_spec import TEAM_LABEL
from roadstead.tenancy.tenancy_guard_spec import ACTIONS, ENFORCE, TenancyGuardSpec, problems


class TenancyGuardArgs(TenancyGuardSpec):
    """How strictly it works."""


class TenancyGuard(pulumi.ComponentResource):
    """What keeps teams from hurting each other in a cluster that they share: once a cluster.

    Makes a ValidatingAdmissionPolicy, named `roadstead-<subject>`, and its binding for pods and what makes them, services,
    network policies, disruption budgets, ingresses and routes, and secrets. They hold in every namespace with the label
    roadstead.dev/team, whoever asks; the annotations roadstead.dev/allowed-… of the namespace, which `TeamNamespace`
    writes, say what its objects may have beyond the least. What was there before stays until it is changed. Whoever may
    delete the namespace may change the network policies that it started with. Needs a Kubernetes provider in `opts`, and
    Kubernetes 1.31 or later. See docs/isolation.md for each rule and for what stays open.

    Grants nothing.

    https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
    """

    policy_names: Output[list[str]]
    """Names of the policies, known once they are bound."""

    def __init__(self, name: str, args: TenancyGuardArgs, opts: ResourceOptions | None = None) -> None:
        args = checked(TenancyGuard, name, args, problems)
        super().__init__("roadstead:index:TenancyGuard", name, {**args}, opts)
        child = ResourceOptions(parent=self)

        names = []
        for policy in POLICIES:
            made = ValidatingAdmissionPolicy(
                f"{name}-{policy.name}",
                metadata={"name": f"roadstead-{policy.name}"},
                spec=_policy_spec(policy),
                opts=child,
            ).metadata.name
            binding = ValidatingAdmissionPolicyBinding(
                f"{name}-{policy.name}",
                metadata={"name": f"roadstead-{policy.name}"},
                spec={
                    "policy_name": made,
                    "validation_actions": list(ACTIONS[args.get("isolation", ENFORCE)]),
                    "match_resources": {
                        "namespace_selector": {"match_expressions": [{"key": TEAM_LABEL, "operator": "Exists"}]}
                    },
                },
                opts=child,
            )
            names.append(binding.spec.policy_name)
        self.policy_names = Output.all(*names)
        self.register_outputs({"policy_names": self.policy_names})


def _policy_spec(policy: Policy) -> ValidatingAdmissionPolicySpecArgsDict:
    return {
        "failure_policy": "Fail",
        "match_constraints": {
            "resource_rules": [
                {
                    "api_groups": [matched.group],
                    "api_versions": list(matched.versions),
                    "resources": list(matched.resources),
                    "operations": list(matched.operations),
                    "scope": "Namespaced",
                }
                for matched in policy.matched
            ]
        },
        "match_conditions": [{"name": "changed", "expression": policy.changed}],
        "variables": [
            {"name": variable, "expression": expression}
            for variable, expression in (*policy.variables, *((rule.variable, rule.cel) for rule in policy.rules))
        ],
        "validations": [_validation(rule) for rule in policy.rules],
    }


def _validation(rule: Rule) -> ValidationArgsDict:
    made: ValidationArgsDict = {
        "expression": f"variables.{rule.variable}.size() == 0",
        "reason": "Forbidden",
        "message": f"{rule.name}: expected {rule.do}",
    }
    if "authorizer" not in rule.cel:  # The API server lets no text depend on who asks.
        made["message_expression"] = rule.says_in_cel
    return made
