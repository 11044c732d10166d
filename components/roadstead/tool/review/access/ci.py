"""Whether CI could no longer take on its roles."""

from collections.abc import Iterable, Iterator, Mapping

from roadstead.identity.boundary import TEAM_TAG
from roadstead.tool.offline.graph import Graph
from roadstead.tool.review.access.trusts import Trust, beyond, trusts
from roadstead.tool.review.finding import Finding, Severity, Undecided
from roadstead.tool.review.stacks import finding
from roadstead.tool.review.views.namespace import teams
from roadstead.tool.review.views.principal import Principal
from roadstead.tool.review.views.principal import principals as principals_of
from roadstead.tool.review.views.reading import Place, Unread
from roadstead.tool.review.views.reference import arn_of, arns

CI = "lock-out/ci-trust"
OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
Said = Iterator[Finding | Undecided]


def findings(base: Graph, head: Graph) -> Said:
    """Roles that CI takes on with a token: each repository that it no longer can, and all of them when the provider goes."""
    before, after = trusts(base), trusts(head)
    roles = {role.name: role for graph in (base, head) for role in principals_of(graph).by_arn.values()}
    staying = set(teams(head).values()) - {""}
    for name, role in roles.items():
        if name not in after and role.tags.get(TEAM_TAG) not in staying:
            continue  # A team that goes as a whole needs no CI.
        left = after.get(name, frozenset())
        lost = [trust for trust in by_token(before.get(name, ())) if beyond([trust], left)]
        kept = by_token(left)
        if lost and role.trust.unread and name in after:
            yield from (Undecided((CI,), unread) for unread in role.trust.unread)
        elif lost:
            subjects = ", ".join(sorted({str(trust.subject) for trust in lost}))
            what = (
                f"CI could no longer take on role {name} as {subjects}{'' if kept else ', and as nothing else either'}."
            )
            do = "Keep the repository, or confirm that nothing deploys from it any more."
            severity = Severity.WARNING if kept else Severity.ERROR
            yield finding(head, role.resource, CI, severity, what, do, "github_repositories")
    yield from _providers(base, head, {name: role for name, role in roles.items() if name in after}, after)


def _providers(
    base: Graph, head: Graph, roles: Mapping[str, Principal], trusted: Mapping[str, frozenset[Trust]]
) -> Said:
    """Providers of tokens that would go, or no longer take those made for the audience that a role asks for."""
    gone = arns(base, OIDC) - arns(head, OIDC)
    for name, role in roles.items():
        left = [arn for arn in sorted(gone) if any(trust.principal == arn for trust in trusted[name])]
        if left:
            what = f"Role {name} trusts {left[0]}, which would be deleted: CI could no longer take it on."
            do = "Keep the provider; if the account has it otherwise, name it with roadstead:github_oidc_provider_arn and import it first."
            yield finding(head, role.resource, CI, Severity.ERROR, what, do)
    for provider in head.of_type(OIDC):
        before, after = (
            Place.of(made).at("clientIdLists").texts()
            for made in (base.resources.get(provider.urn, provider), provider)
        )
        if isinstance(before, Unread) or isinstance(after, Unread):
            yield Undecided((CI,), after if isinstance(after, Unread) else before)  # type: ignore[arg-type]
            continue
        lost = set(before) - set(after)
        asking = [
            name
            for name, those in trusted.items()
            if any(trust.principal == arn_of(provider) and trust.audience in lost for trust in those)
        ]
        if asking:
            what = f"{provider.name} would no longer take tokens made for {', '.join(sorted(lost))}: CI could no longer take on role {', '.join(sorted(asking))}."
            yield finding(head, provider, CI, Severity.ERROR, what, "Keep the audience in clientIdLists.")


def by_token(trusted: Iterable[Trust]) -> list[Trust]:
    """Those of a role's trusts that ask for a token with a subject."""
    return [trust for trust in trusted if trust.subject is not None]
