"""Whether somebody who has to get in would no longer do so: administrators, the deployer, CI, and the account with its keys."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from roadstead.identity.boundary import TEAM_TAG
from roadstead.offline.graph import EXAMPLE_ACCOUNT_ID, Graph, Resource
from roadstead.review.access.account import KEY, ROLE, key_policy
from roadstead.review.access.iam import acts, listed, principals, statements
from roadstead.review.access.trusts import Trust, beyond, trusts
from roadstead.review.change import StackDiff
from roadstead.review.finding import Finding, Severity
from roadstead.review.stacks import CLUSTER, finding
from roadstead.review.workloads import teams

LAST_ADMIN, ADMIN, DEPLOYER, BREAK_GLASS, ROOT, CI = IDS = (
    "lock-out/last-admin",
    "lock-out/admin-removed",
    "lock-out/deployer",
    "lock-out/break-glass",
    "lock-out/key-root",
    "lock-out/ci-trust",
)
EKS = "aws:eks/cluster:Cluster"
ADMIN_POLICY = "AmazonEKSClusterAdminPolicy"
DEPLOYERS_NAME = "deployer"
"""The name under which `roadstead:cluster.admins` has the role that runs `pulumi up`."""
OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"


def findings(diff: StackDiff) -> Iterator[Finding]:
    """Whom the head locks out. A cluster that goes as a whole is another rule's matter."""
    head = diff.head
    if head is None:
        return
    for cluster in head.of_type(EKS):
        yield from _administrators(diff.base, head, cluster)
        if diff.base is not None:
            yield from _networks(diff.base, head, cluster)
    for key in head.of_type(KEY):
        yield from _root(head, key)
    if diff.base is not None:
        yield from _ci(diff.base, head)


def administrators(graph: Graph) -> set[str]:
    """ARNs of the principals that administer the whole cluster and may sign in to it."""
    modes = [(made.inputs.get("accessConfig") or {}).get("authenticationMode") for made in graph.of_type(EKS)]
    if "CONFIG_MAP" in modes:
        return set()  # Access entries do not count.
    entries = {str(entry.inputs["principalArn"]) for entry in graph.of_type("aws:eks/accessEntry:AccessEntry")}
    taken_on = trusts(graph)
    nobodys = {
        made.computed.get("arn")
        for made in graph.of_type(ROLE)
        if not taken_on.get(str(made.inputs.get("name", made.name)))
    }
    return (entries - nobodys) & {
        str(association.inputs["principalArn"])
        for association in graph.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
        if str(association.inputs["policyArn"]).endswith(f"/{ADMIN_POLICY}")
        and (association.inputs.get("accessScope") or {}).get("type") == "cluster"
    }


def _administrators(base: Graph | None, head: Graph, cluster: Resource) -> Iterator[Finding]:
    now, before = administrators(head), administrators(base) if base else set()
    now -= _arns(base, ROLE) - _arns(head, ROLE) if base else set()
    if not now:
        what = f"Nobody would administer cluster {cluster.inputs.get('name', cluster.name)}: no access entry that counts has {ADMIN_POLICY} on the whole of it."
        yield finding(head, cluster, LAST_ADMIN, Severity.ERROR, what, "Name at least one administrator.", "admins")
        return
    lost = before - now
    named = _named(base)
    deployer, glass = named.get(DEPLOYERS_NAME), _break_glass(base)
    for arn in sorted(lost):
        if arn == glass:
            continue
        if arn == deployer:
            what = f"The deployer {arn} would take its own access away: what `pulumi up` has still to do in the cluster then fails."
            do = "Add the new deployer beside it in one change, and take the old one away in the next, run by the new one."
            yield finding(head, cluster, DEPLOYER, Severity.ERROR, what, do, "admins", DEPLOYERS_NAME)
        else:
            what = f"{arn} would no longer administer the cluster."
            yield finding(
                head, cluster, ADMIN, Severity.WARNING, what, "Confirm that nobody needs it any more.", "admins"
            )
    yield from _break_glass_findings(head, cluster, glass, now)


def _break_glass_findings(head: Graph, cluster: Resource, before: str | None, now: set[str]) -> Iterator[Finding]:
    wanted = _break_glass(head)
    if wanted is not None and wanted not in now:
        what = f"The break-glass role {wanted} has no entry with {ADMIN_POLICY}: when everything else fails, nobody gets in."
        yield finding(head, cluster, BREAK_GLASS, Severity.ERROR, what, "Give it back its access entry.", "break_glass")
    elif before is not None and before not in now:
        severity = Severity.ERROR if wanted is None else Severity.WARNING
        what = f"The break-glass role {before} would no longer get in; {f'{wanted} would' if wanted else 'nobody takes its place'}."
        do = "Try the new one before the old one goes."
        yield finding(head, cluster, BREAK_GLASS, severity, what, do, "break_glass")


def _networks(base: Graph, head: Graph, cluster: Resource) -> Iterator[Finding]:
    """From where the API server no longer answers: whoever runs `pulumi up` may be there."""
    (before, after) = (
        [network for made in graph.of_type(EKS) if made.name == cluster.name for network in _public(made)]
        for graph in (base, head)
    )
    # Where a part of it remains, somebody narrowed it on purpose.
    lost = [
        network for network in before if not any(_holds(other, network) or _holds(network, other) for other in after)
    ]
    if lost:
        what = f"The API server of cluster {cluster.inputs.get('name', cluster.name)} would no longer answer to {', '.join(lost)}: `pulumi up` cannot change objects from there."
        do = "See that whoever runs `pulumi up` reaches it from elsewhere, such as from inside the VPC."
        yield finding(head, cluster, DEPLOYER, Severity.WARNING, what, do, "public_access_cidrs")


def _public(cluster: Resource) -> list[str]:
    """The networks outside the VPC to which a cluster's API server answers.

    https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
    """
    config = cluster.inputs.get("vpcConfig") or {}
    if config.get("endpointPublicAccess") is False:
        return []
    return [str(network) for network in config.get("publicAccessCidrs") or ["0.0.0.0/0"]]


def _holds(network: str, other: str) -> bool:
    """Whether a network holds another one. What is not known yet holds nothing but itself."""
    try:
        return ip_network(other).subnet_of(ip_network(network))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return network == other


def _named(graph: Graph | None) -> dict[str, str]:
    """The administrators by the names that the stack file gives them."""
    made = graph.of_type(CLUSTER) if graph else []
    return {name: str(arn) for cluster in made for name, arn in (cluster.inputs.get("admins") or {}).items()}


def _break_glass(graph: Graph | None) -> str | None:
    made = graph.of_type(CLUSTER) if graph else []
    given = [cluster.inputs["break_glass"] for cluster in made if cluster.inputs.get("break_glass")]
    return str(given[0]) if given else None


def _root(graph: Graph, key: Resource) -> Iterator[Finding]:
    """Without a policy of its own AWS gives a key the root statement; a policy without it can lose the key for good."""
    said = statements(policy) if isinstance(policy := key_policy(graph, key), str) else ()
    if said and (
        not any(_is_root(statement, key) for statement in said)
        or any(_is_against(statement, key) for statement in said)
    ):
        what = f"The policy of key {key.name} does not let its account administer it: when the principals that it names are gone, nobody can."
        do = "Keep the statement that allows kms:* to the account's root, and deny it nothing without conditions."
        yield finding(graph, key, ROOT, Severity.ERROR, what, do)
    if key.inputs.get("bypassPolicyLockoutSafetyCheck"):
        what = f"Key {key.name} switches off the check that keeps a policy from locking everybody out."
        yield finding(graph, key, ROOT, Severity.ERROR, what, "Leave bypassPolicyLockoutSafetyCheck out.")


def _is_root(statement: Mapping[str, Any], key: Resource) -> bool:
    """Whether a statement leaves the key to its account's IAM."""
    everything = {"kms:*", "*"} & set(listed(statement.get("Action", [])))
    return bool(everything) and statement["Effect"] == "Allow" and _is_about_root(statement, key)


def _is_against(statement: Mapping[str, Any], key: Resource) -> bool:
    """Whether a statement keeps everybody in the account from giving the key another policy."""
    everybody = "*" in principals(statement) and "NotPrincipal" not in statement and not statement.get("Condition")
    denies = statement["Effect"] == "Deny" and acts(statement, "kms:PutKeyPolicy")
    return denies and (everybody or _is_about_root(statement, key))


def _is_about_root(statement: Mapping[str, Any], key: Resource) -> bool:
    """Whether a statement is about the key's whole account, whatever the circumstances.

    While its account is not known, any will do.
    """
    if statement.get("Condition"):
        return False
    account = [part for part in str(key.computed.get("arn", "")).split(":")[4:5] if part != EXAMPLE_ACCOUNT_ID]
    roots = [name.split(":")[4] if name.endswith(":root") else name for name in principals(statement)]
    return bool(set(account) & set(roots)) if account else any(root.isdigit() for root in roots)


def _ci(base: Graph, head: Graph) -> Iterator[Finding]:
    """Roles that CI takes on with a token: each repository that it no longer can, and all of them when the provider goes."""
    before, after = trusts(base), trusts(head)
    roles = {str(role.inputs.get("name", role.name)): role for role in [*base.of_type(ROLE), *head.of_type(ROLE)]}
    staying = set(teams(head).values())
    for name, role in roles.items():
        if name not in after and (role.inputs.get("tags") or {}).get(TEAM_TAG) not in staying:
            continue  # A team that goes as a whole needs no CI.
        left = after.get(name, frozenset())
        lost = [trust for trust in _by_token(before.get(name, ())) if beyond([trust], left)]
        kept = _by_token(left)
        if lost:
            subjects = ", ".join(sorted({str(trust.subject) for trust in lost}))
            what = (
                f"CI could no longer take on role {name} as {subjects}{'' if kept else ', and as nothing else either'}."
            )
            do = "Keep the repository, or confirm that nothing deploys from it any more."
            severity = Severity.WARNING if kept else Severity.ERROR
            yield finding(head, role, CI, severity, what, do, "github_repositories")
    yield from _providers(base, head, {name: role for name, role in roles.items() if name in after}, after)


def _providers(
    base: Graph, head: Graph, roles: Mapping[str, Resource], trusted: Mapping[str, frozenset[Trust]]
) -> Iterator[Finding]:
    """Providers of tokens that would go, or no longer take those made for the audience that a role asks for."""
    gone = _arns(base, OIDC) - _arns(head, OIDC)
    for name, role in roles.items():
        left = [arn for arn in sorted(gone) if any(trust.principal == arn for trust in trusted[name])]
        if left:
            what = f"Role {name} trusts {left[0]}, which would be deleted: CI could no longer take it on."
            do = "Keep the provider; if the account has it otherwise, name it with roadstead:github_oidc_provider_arn and import it first."
            yield finding(head, role, CI, Severity.ERROR, what, do)
    for provider in head.of_type(OIDC):
        before = base.resources.get(provider.urn, provider).inputs.get("clientIdLists") or []
        lost = {str(audience) for audience in before} - set(provider.inputs.get("clientIdLists") or [])
        asking = [
            name
            for name, those in trusted.items()
            if any(trust.principal == provider.computed.get("arn") and trust.audience in lost for trust in those)
        ]
        if asking:
            what = f"{provider.name} would no longer take tokens made for {', '.join(sorted(lost))}: CI could no longer take on role {', '.join(sorted(asking))}."
            yield finding(head, provider, CI, Severity.ERROR, what, "Keep the audience in clientIdLists.")


def _by_token(trusted: Iterable[Trust]) -> list[Trust]:
    return [trust for trust in trusted if trust.subject is not None]


def _arns(graph: Graph, type_: str) -> set[str]:
    return {made.computed["arn"] for made in graph.of_type(type_) if made.computed.get("arn")}
