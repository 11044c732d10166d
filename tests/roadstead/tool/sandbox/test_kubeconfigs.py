from pathlib import Path

import yaml

from roadstead.tool.sandbox.kubeconfigs import as_persona, kubeconfig, write

ADMIN = kubeconfig("https://127.0.0.1:1", Path("apiserver.crt"), "token")


def test_a_persona_is_in_its_group_and_starts_in_its_namespace() -> None:
    acting = as_persona(ADMIN, "payments", "viewer", "payments")
    assert acting["users"][0]["user"] == {
        "token": "token",
        "as": "payments-viewer",
        "as-groups": ["roadstead:payments:viewer"],
    }
    assert acting["contexts"][0]["context"]["namespace"] == "payments"


def test_the_administrators_own_kubeconfig_stays_as_it_is() -> None:
    before = yaml.safe_dump(ADMIN)
    as_persona(ADMIN, "payments", "viewer", "payments")
    assert yaml.safe_dump(ADMIN) == before


def test_only_the_current_context_of_many_acts_as_the_persona() -> None:
    other = {"name": "other", "user": {"token": "other"}}
    many = {**ADMIN, "users": [other, *ADMIN["users"]]}
    assert as_persona(many, "payments", "viewer", "payments")["users"][0] == other


def test_a_kubeconfig_is_its_owners_alone(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "kubeconfig", ADMIN)
    assert (tmp_path / "deep" / "kubeconfig").stat().st_mode & 0o777 == 0o600
    assert yaml.safe_load((tmp_path / "deep" / "kubeconfig").read_text()) == ADMIN
