"""What gives more rights than anybody should have, whatever there was before."""

import re
from collections.abc import Iterator

from roadstead.core.names import some
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.coverage import EVERYTHING, broad_actions, is_conditional, services_covered
from roadstead.tool.review.access.iam import acts, principals
from roadstead.tool.review.access.strangers import ORGANISATION as OF_AN_ORGANISATION
from roadstead.tool.review.access.strangers import WHO, limits
from roadstead.tool.review.access.trusts import ASSUMES
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.views.policy import Document, Statement, documents
from roadstead.tool.review.views.principal import POLICY, ROLE, Principal
from roadstead.tool.review.views.principal import principals as principals_of
from roadstead.tool.review.views.rbac import RbacRole, rbac_roles
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.reference import named, text_of

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


NAMED = 8
"""How many actions a sentence names."""
_NAME_THEM = (
    "Name the actions and the resources: a boundary that asks for a tag does not hold back where there is none."
)
_GRANTING = (WILDCARD, PASS_ROLE)


def findings(graph: Graph) -> Iterator[Finding | Undecided]:
    """Wildcards, policies that allow nearly everything, and roles that whole organisations may take on."""
    for rbac_role in rbac_roles(graph):
        yield from _cluster_wildcards(graph, rbac_role)
    yield from _attachments(graph)
    yield from _policies(graph)
    for role in principals_of(graph).by_arn.values():
        if role.resource.type == ROLE:
            yield from _trust(graph, role)


def _cluster_wildcards(graph: Graph, role: RbacRole) -> Iterator[Finding | Undecided]:
    for unread in role.unread:
        yield Undecided((WILDCARD,), unread)
    for rule in role.rules:
        parts = {"apiGroups": rule.api_groups, "resources": rule.resources, "verbs": rule.verbs}
        starred = [part for part, values in parts.items() if "*" in values]
        if starred:
            what = f"{role.resource.inputs['kind']} {role.name} has a rule with * in {', '.join(starred)}: whatever is added to Kubernetes later is allowed too."
            do = "Name the API groups, resources and verbs."
            yield finding(graph, role.resource, WILDCARD, Severity.ERROR, what, do)


def _attachments(graph: Graph) -> Iterator[Finding | Undecided]:
    for attachment in graph.of_type(*ATTACHMENTS):
        arn = text_of(Place.of(attachment).at("policyArn"), graph, POLICY)
        if isinstance(arn, Unread):
            yield Undecided((*_GRANTING, FULL_ACCESS), arn)
        elif (name := (arn or "").rpartition("/")[2]) in FULL_ACCESS_POLICIES:
            what = f"{attachment.name} attaches {name}, which allows nearly everything in the account."
            yield finding(
                graph, attachment, FULL_ACCESS, Severity.ERROR, what, "Attach a policy of the actions that are needed."
            )


def _policies(graph: Graph) -> Iterator[Finding | Undecided]:
    """Identity policies that grant something: those of a role, and others where they are attached. A boundary grants nothing."""
    attached = {text_of(Place.of(made).at("policyArn"), graph, POLICY) for made in graph.of_type(*ATTACHMENTS)}
    for resource, key, document in documents(graph):
        is_own = resource.type in IDENTITY_POLICIES or key == "inlinePolicies"
        if is_own or (resource.type == POLICY and named(resource) & attached):
            for unread in document.unread:
                yield Undecided(_GRANTING, unread)
            for rule, what, do in _too_much(document):
                yield finding(graph, resource, rule, Severity.ERROR, f"{resource.name} allows {what}", do)


def _too_much(document: Document) -> Iterator[tuple[str, str, str]]:
    for statement in document.statements:
        if statement["Effect"] != "Allow":
            continue
        services = services_covered(statement)
        # Which service a role is passed to says nothing about which role.
        passed = any(_EVERY_ROLE.fullmatch(pattern) for pattern in statement.get("Resource", ["*"]))
        if acts(statement, "iam:PassRole") and (passed or {"iam", EVERYTHING} & set(services)):
            what = "iam:PassRole on every role: whoever has it can work with the rights of any of them."
            yield PASS_ROLE, what, "Name the roles that may be passed."
        if not services or is_conditional(statement):
            continue
        if broad := broad_actions(statement, services) or (
            ["all actions but a few"] if "NotAction" in statement else []
        ):
            where = "on every resource" if EVERYTHING in services else f"on everything of {some(services, NAMED)}"
            written = statement.get("NotResource", statement.get("Resource", ["*"]))
            but = " but a few" if "NotResource" in statement else "" if "*" in written else f" ({some(written, 3)})"
            yield WILDCARD, f"{some(broad, NAMED)} {where}{but}.", _NAME_THEM


def _trust(graph: Graph, role: Principal) -> Iterator[Finding | Undecided]:
    """Trust of everybody, of a whole AWS organisation, or of every repository of an owner on GitHub."""
    do = "Name the roles or repositories that may take it on."
    for unread in role.trust.unread:
        yield Undecided((ORGANISATION, ANYBODY), unread)
    for statement in role.trust.statements:
        if statement["Effect"] == "Allow":
            for rule, whom in (*_everybody(statement), *_tokens(statement)):
                what = f"Role {role.resource.name} trusts {whom}."
                yield finding(graph, role.resource, rule, Severity.ERROR, what, do)


def _everybody(statement: Statement) -> Iterator[tuple[str, str]]:
    asked = limits(statement)
    if "*" not in principals(statement) or asked.keys() & (set(WHO) - set(OF_AN_ORGANISATION)):
        return
    organisations = [value for key in OF_AN_ORGANISATION for value in asked.get(key, [])]
    if organisations:
        yield ORGANISATION, f"every principal of the organisation {', '.join(organisations)}"
    else:
        yield ANYBODY, "everybody in every AWS account"


def _tokens(statement: Statement) -> Iterator[tuple[str, str]]:
    providers = principals(statement, "Federated")
    subjects = [value for key, values in limits(statement).items() if key.endswith(":sub") for value in values]
    wide = [subject for subject in subjects if _is_of_many(subject)]
    if wide:
        yield ORGANISATION, f"every repository or pod that {', '.join(wide)} means"
    elif providers and not subjects and any(acts(statement, action) for action in ASSUMES["Federated"][:1]):
        yield ANYBODY, f"every token of {', '.join(providers)}, whoever it was made for"


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
