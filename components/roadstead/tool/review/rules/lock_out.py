"""Whether somebody who has to get in would no longer do so: administrators, the deployer, CI, and the account with its keys."""

from collections.abc import Iterator
from ipaddress import ip_network

from roadstead.tool.offline.graph import EXAMPLE_ACCOUNT_ID, Graph, Resource
from roadstead.tool.review.access import ci
from roadstead.tool.review.access.administrators import ADMIN_POLICY, EKS, administrators, unread_of_administrators
from roadstead.tool.review.access.iam import acts, principals
from roadstead.tool.review.change import StackDiff
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import CLUSTER, finding
from roadstead.tool.review.views.guarded import KEY, key_policy
from roadstead.tool.review.views.policy import Statement
from roadstead.tool.review.views.principal import ROLE
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.reference import arn_of, arns, text_of

Said = Iterator[Finding | Undecided]
LAST_ADMIN, ADMIN, DEPLOYER, BREAK_GLASS, ROOT = _IDS = (
    "lock-out/last-admin",
    "lock-out/admin-removed",
    "lock-out/deployer",
    "lock-out/break-glass",
    "lock-out/key-root",
)
CI = ci.CI
IDS = (*_IDS, CI)
DEPLOYERS_NAME = "deployer"
"""The name under which `roadstead:cluster.admins` has the role that runs `pulumi up`."""


def findings(diff: StackDiff) -> Said:
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
        yield from ci.findings(diff.base, head)


def _administrators(base: Graph | None, head: Graph, cluster: Resource) -> Said:
    now, before, unread = administrators(head), administrators(base) if base else set(), unread_of_administrators(head)
    if (hidden_glass := _break_glass(head)[1]) is not None:
        yield Undecided((BREAK_GLASS,), hidden_glass)
    now -= arns(base, ROLE) - arns(head, ROLE) if base else set()
    lost = before - now
    if unread:
        # Any of those who seem to be missing may be behind what cannot be read.
        ids = (LAST_ADMIN, BREAK_GLASS) if not now else (BREAK_GLASS, ADMIN, DEPLOYER) if lost else (BREAK_GLASS,)
        yield from (Undecided(ids, value) for value in unread)
        return
    if not now:
        what = f"Nobody would administer cluster {_name(cluster)}: no access entry that counts has {ADMIN_POLICY} on the whole of it."
        yield finding(head, cluster, LAST_ADMIN, Severity.ERROR, what, "Name at least one administrator.", "admins")
        return
    named = _named(base)
    deployer, (glass, _) = named.get(DEPLOYERS_NAME), _break_glass(base)
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


def _break_glass_findings(head: Graph, cluster: Resource, before: str | None, now: set[str]) -> Said:
    wanted, unread = _break_glass(head)
    if unread is not None:
        return
    if wanted is not None and wanted not in now:
        what = f"The break-glass role {wanted} has no entry with {ADMIN_POLICY}: when everything else fails, nobody gets in."
        yield finding(head, cluster, BREAK_GLASS, Severity.ERROR, what, "Give it back its access entry.", "break_glass")
    elif before is not None and before not in now:
        severity = Severity.ERROR if wanted is None else Severity.WARNING
        what = f"The break-glass role {before} would lose its access entry and no longer administer the cluster; {f'{wanted} takes its place' if wanted else 'nobody takes its place'}."
        do = "Try the new one before the old one goes."
        yield finding(head, cluster, BREAK_GLASS, severity, what, do, "break_glass")


def _networks(base: Graph, head: Graph, cluster: Resource) -> Said:
    """From where the API server no longer answers: whoever runs `pulumi up` may be there."""
    before, after = (
        [_public(made) for made in graph.of_type(EKS) if made.name == cluster.name] for graph in (base, head)
    )
    for networks in after:
        if isinstance(networks, Unread):
            yield Undecided((DEPLOYER,), networks)
            return
    left = [network for networks in after if not isinstance(networks, Unread) for network in networks]
    # Where a part of it remains, somebody narrowed it on purpose.
    lost = [
        network
        for networks in before
        if not isinstance(networks, Unread)
        for network in networks
        if not any(_holds(other, network) or _holds(network, other) for other in left)
    ]
    if lost:
        what = f"The API server of cluster {_name(cluster)} would no longer answer to {', '.join(lost)}: `pulumi up` cannot change objects from there."
        do = "See that whoever runs `pulumi up` reaches it from elsewhere, such as from inside the VPC."
        yield finding(head, cluster, DEPLOYER, Severity.WARNING, what, do, "public_access_cidrs")


def _public(cluster: Resource) -> list[str] | Unread:
    """The networks outside the VPC to which a cluster's API server answers.

    https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
    """
    config = Place.of(cluster).at("vpcConfig")
    is_public, networks = config.at("endpointPublicAccess").boolean(), config.at("publicAccessCidrs").texts()
    if isinstance(is_public, Unread) or isinstance(networks, Unread):
        return is_public if isinstance(is_public, Unread) else networks
    return [] if is_public is False else networks or ["0.0.0.0/0"]


def _name(cluster: Resource) -> str:
    name = Place.of(cluster).at("name").text()
    return name if isinstance(name, str) else cluster.name


def _holds(network: str, other: str) -> bool:
    """Whether a network holds another one. What is not known yet holds nothing but itself."""
    try:
        return ip_network(other).subnet_of(ip_network(network))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return network == other


def _named(graph: Graph | None) -> dict[str, str]:
    """The administrators by the names that the stack file gives them, as far as they can be read."""
    found = {}
    for cluster in graph.of_type(CLUSTER) if graph else ():
        admins = Place.of(cluster).at("admins").entries()
        for name, arn in {} if isinstance(admins, Unread) else admins.items():
            if isinstance(text := arn.text(), str):
                found[name] = text
    return found


def _break_glass(graph: Graph | None) -> tuple[str | None, Unread | None]:
    """The break-glass role, or what keeps it from being known."""
    for cluster in graph.of_type(CLUSTER) if graph else ():
        arn = text_of(Place.of(cluster).at("break_glass"), graph, ROLE) if graph else None
        if arn:
            return (None, arn) if isinstance(arn, Unread) else (arn, None)
    return None, None


def _root(graph: Graph, key: Resource) -> Said:
    """Without a policy of its own AWS gives a key the root statement; a policy without it can lose the key for good."""
    policy, bypasses = key_policy(graph, key), Place.of(key).at("bypassPolicyLockoutSafetyCheck").boolean()
    for unread in (*policy.unread, *([bypasses] if isinstance(bypasses, Unread) else [])):
        yield Undecided((ROOT,), unread)
    is_against = any(_is_against(statement, key) for statement in policy.statements)
    has_root = policy.unread or any(_is_root(statement, key) for statement in policy.statements)
    if policy.statements and (is_against or not has_root):
        what = f"The policy of key {key.name} does not let its account administer it: when the principals that it names are gone, nobody can."
        do = "Keep the statement that allows kms:* to the account's root, and deny it nothing without conditions."
        yield finding(graph, key, ROOT, Severity.ERROR, what, do)
    if bypasses is True:
        what = f"Key {key.name} switches off the check that keeps a policy from locking everybody out."
        yield finding(graph, key, ROOT, Severity.ERROR, what, "Leave bypassPolicyLockoutSafetyCheck out.")


def _is_root(statement: Statement, key: Resource) -> bool:
    """Whether a statement leaves the key to its account's IAM."""
    everything = {"kms:*", "*"} & set(statement.get("Action", []))
    return bool(everything) and statement["Effect"] == "Allow" and _is_about_root(statement, key)


def _is_against(statement: Statement, key: Resource) -> bool:
    """Whether a statement keeps everybody in the account from giving the key another policy."""
    everybody = "*" in principals(statement) and "NotPrincipal" not in statement and not statement.get("Condition")
    denies = statement["Effect"] == "Deny" and acts(statement, "kms:PutKeyPolicy")
    return denies and (everybody or _is_about_root(statement, key))


def _is_about_root(statement: Statement, key: Resource) -> bool:
    """Whether a statement is about the key's whole account, whatever the circumstances.

    While its account is not known, any will do.
    """
    if statement.get("Condition"):
        return False
    arn = arn_of(key)
    account = [part for part in arn.split(":")[4:5] if arn.startswith("arn:") and part != EXAMPLE_ACCOUNT_ID]
    roots = [
        name.split(":")[4] if name.count(":") >= 5 and name.endswith(":root") else name
        for name in principals(statement)
    ]
    return bool(set(account) & set(roots)) if account else any(root.isdigit() for root in roots)
