"""What gives more rights than anybody should have, whatever there was before."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from roadstead.offline.graph import Graph, Resource
from roadstead.review.access.account import ROLE, documents
from roadstead.review.access.iam import acts, listed, principals, statements
from roadstead.review.access.strangers import ORGANISATION as OF_AN_ORGANISATION
from roadstead.review.access.strangers import WHO, limits
from roadstead.review.access.trusts import ASSUMES
from roadstead.review.finding import Finding, Severity
from roadstead.review.stacks import finding
from roadstead.review.workloads import objects

WILDCARD, PASS_ROLE, ORGANISATION, ANYBODY, FULL_ACCESS = IDS = (
    "access/wildcard",
    "access/pass-role",
    "access/trust-of-organisation",
    "access/trust-of-anybody",
    "access/full-access-policy",
)
ATTACHMENTS = tuple(
    f"aws:iam/{kind[0].lower()}{kind[1:]}:{kind}"
    for kind in ("RolePolicyAttachment", "UserPolicyAttachment", "GroupPolicyAttachment", "PolicyAttachment")
)
IDENTITY_POLICIES = tuple(
    f"aws:iam/{kind[0].lower()}{kind[1:]}:{kind}" for kind in ("RolePolicy", "UserPolicy", "GroupPolicy")
)
FULL_ACCESS_POLICIES = ("AdministratorAccess", "IAMFullAccess", "PowerUserAccess")
_EVERY_ROLE = re.compile(r"\*|arn:[^:]*:iam::[^:]*:(\*|role/\*)")


def findings(graph: Graph) -> Iterator[Finding]:
    """Wildcards, policies that allow nearly everything, and roles that whole organisations may take on."""
    yield from _cluster_wildcards(graph)
    yield from _policies(graph)
    for role in graph.of_type(ROLE):
        yield from _trust(graph, role)


def _cluster_wildcards(graph: Graph) -> Iterator[Finding]:
    for resource, body in objects(graph, "Role", "ClusterRole"):
        for rule in body.get("rules") or []:
            starred = [part for part in ("apiGroups", "resources", "verbs") if "*" in (rule.get(part) or [])]
            if starred:
                what = f"{body['kind']} {body['metadata']['name']} has a rule with * in {', '.join(starred)}: whatever is added to Kubernetes later is allowed too."
                yield finding(
                    graph, resource, WILDCARD, Severity.ERROR, what, "Name the API groups, resources and verbs."
                )


def _policies(graph: Graph) -> Iterator[Finding]:
    """Identity policies that grant something: those of a role, and others where they are attached. A boundary grants nothing."""
    attachments = graph.of_type(*ATTACHMENTS)
    attached = {str(attachment.inputs.get("policyArn")) for attachment in attachments}
    for attachment in attachments:
        name = str(attachment.inputs.get("policyArn")).rpartition("/")[2]
        if name in FULL_ACCESS_POLICIES:
            what = f"{attachment.name} attaches {name}, which allows nearly everything in the account."
            yield finding(
                graph, attachment, FULL_ACCESS, Severity.ERROR, what, "Attach a policy of the actions that are needed."
            )
    for resource, _, text in documents(graph):
        grants = resource.type in IDENTITY_POLICIES or resource.computed.get("arn") in attached
        for statement in statements(text) if grants else ():
            yield from _statement(graph, resource, statement)


def _statement(graph: Graph, resource: Resource, statement: Mapping[str, Any]) -> Iterator[Finding]:
    if statement["Effect"] != "Allow":
        return
    named = listed(statement.get("Resource", "*"))
    # Which service a role is passed to says nothing about which role.
    if acts(statement, "iam:PassRole") and any(_EVERY_ROLE.fullmatch(str(pattern)) for pattern in named):
        what = f"{resource.name} allows iam:PassRole on every role: whoever has it can work with the rights of any of them."
        yield finding(graph, resource, PASS_ROLE, Severity.ERROR, what, "Name the roles that may be passed.")
    if "*" not in named or statement.get("Condition"):
        return
    broad = [action for action in listed(statement.get("Action", [])) if action == "*" or action.endswith(":*")]
    if broad or "NotAction" in statement:
        what = f"{resource.name} allows {', '.join(broad) or 'all actions but a few'} on every resource."
        yield finding(graph, resource, WILDCARD, Severity.ERROR, what, "Name the actions and the resources.")


def _trust(graph: Graph, role: Resource) -> Iterator[Finding]:
    """Trust of everybody, of a whole AWS organisation, or of every repository of an owner on GitHub."""
    do = "Name the roles or repositories that may take it on."
    for statement in statements(role.inputs.get("assumeRolePolicy")):
        if statement["Effect"] == "Allow":
            for rule, whom in (*_everybody(statement), *_tokens(statement)):
                yield finding(graph, role, rule, Severity.ERROR, f"Role {role.name} trusts {whom}.", do)


def _everybody(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    asked = limits(statement)
    if "*" not in principals(statement) or asked.keys() & (set(WHO) - set(OF_AN_ORGANISATION)):
        return
    organisations = [value for key in OF_AN_ORGANISATION for value in asked.get(key, [])]
    if organisations:
        yield ORGANISATION, f"every principal of the organisation {', '.join(organisations)}"
    else:
        yield ANYBODY, "everybody in every AWS account"


def _tokens(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    providers = principals(statement, "Federated")
    subjects = [value for key, values in limits(statement).items() if key.endswith(":sub") for value in values]
    wide = [subject for subject in subjects if _is_of_many(subject)]
    if wide:
        yield ORGANISATION, f"every repository or pod that {', '.join(wide)} means"
    elif providers and not subjects and any(acts(statement, action) for action in ASSUMES["Federated"][:1]):
        yield ANYBODY, f"every token of {', '.join(map(str, providers))}, whoever it was made for"


def _is_of_many(token: str) -> bool:
    """Whether a pattern of subjects leaves open whose they are: GitHub's or GitLab's repository, or Kubernetes' namespace.

    `owner@*/name` does not: GitHub writes numbers there.
    """
    parts = token.split(":")
    if set("*?") & set(parts[0]) or len(parts) < 2:
        return bool(set("*?") & set(token))
    if token.startswith("system:serviceaccount:"):
        return "*" in parts[2] if len(parts) > 2 else True
    owner, _, name = parts[1].partition("/")
    return "*" in owner.split("@")[0] or name.split("@")[0] in ("", "*")
