"""All policies of the guard."""

from roadstead.tenancy.guard.budgets import BUDGETS
from roadstead.tenancy.guard.network_policies import NETWORK_POLICIES
from roadstead.tenancy.guard.pods import PODS
from roadstead.tenancy.guard.routes import ROUTES
from roadstead.tenancy.guard.secrets import SECRETS
from roadstead.tenancy.guard.services import SERVICES

POLICIES = (PODS, SERVICES, NETWORK_POLICIES, BUDGETS, ROUTES, SECRETS)
