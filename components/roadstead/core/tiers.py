"""What an environment's tier decides: everything that differs between them by default stands in this one table."""

from dataclasses import dataclass

from roadstead.core.problems import not_one_of


@dataclass(frozen=True)
class Tier:
    """The defaults of one tier. A component's own field, where given, wins over the tier's."""

    deletion_protection: bool
    """Whether the control plane refuses to be deleted."""
    zonal_shift: bool
    """Whether AWS may move traffic away from an impaired zone."""
    control_plane_logs: tuple[str, ...]
    """EKS control-plane log types that are kept."""
    log_retention_days: int
    """How long CloudWatch keeps control-plane and flow logs."""
    nat: str
    """`single` or `per_zone` NAT gateways."""
    key_deletion_window_days: int
    """Days between asking for a KMS key's deletion and losing what it encrypts."""
    quota_factor: int
    """Quotas in a team file are written for staging; they are multiplied by this."""
    replicas: tuple[int, int]
    """Fewest and most replicas of an app that does not say."""
    spot: str
    """`prefer`, `allow` or `never`: what an app that does not say thinks of spot nodes."""
    spread_zones: str
    """What happens when a pod cannot be spread over zones: Kubernetes' `whenUnsatisfiable`."""
    exec_into_pods: bool
    """Whether developers may open a shell in their pods."""


TIERS = {
    "development": Tier(
        deletion_protection=False,
        zonal_shift=False,
        control_plane_logs=("audit", "authenticator"),
        log_retention_days=7,
        nat="single",
        key_deletion_window_days=7,
        quota_factor=1,
        replicas=(1, 2),
        spot="prefer",
        spread_zones="ScheduleAnyway",
        exec_into_pods=True,
    ),
    "staging": Tier(
        deletion_protection=False,
        zonal_shift=False,
        control_plane_logs=("api", "audit", "authenticator"),
        log_retention_days=30,
        nat="single",
        key_deletion_window_days=14,
        quota_factor=1,
        replicas=(2, 4),
        spot="prefer",
        spread_zones="ScheduleAnyway",
        exec_into_pods=True,
    ),
    "production": Tier(
        deletion_protection=True,
        zonal_shift=True,
        control_plane_logs=("api", "audit", "authenticator", "controllerManager", "scheduler"),
        log_retention_days=365,
        nat="per_zone",
        key_deletion_window_days=30,
        quota_factor=3,
        replicas=(3, 9),
        spot="never",
        spread_zones="DoNotSchedule",
        exec_into_pods=False,
    ),
}

DEFAULT_TIER = "production"
"""A component that is used on its own, without a tier, takes the most careful one."""


def tier_problems(tier: str) -> list[str]:
    """A problem when there is no such tier."""
    return not_one_of("tier", "no such tier", tier, tuple(TIERS))
