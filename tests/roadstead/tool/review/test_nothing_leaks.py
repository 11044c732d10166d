"""A password that a program has in clear, at the base and here: no report, message or folder may have it, in whatever spelling."""

import json
import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.roadstead.tool.review.conftest import Git
from tests.support import ROOT
from typer.testing import CliRunner

from roadstead.core.credentials import HIDDEN
from roadstead.tool.cli.main import app

OLD, NEW = "c4nary/0ld+pass?word", "c4nary/n3w+pass?word"
PROGRAM = """
import base64, json, pulumi
password = "@@"
url = f"postgres://u:{password.replace('/', '%2F').replace('?', '%3F')}@db/x"
container = {
    "name": "app",
    "image": "example.com/app:1",
    "env": [{"name": "DB_PASSWORD", "value": password}, {"name": "URL", "value": url}],
    "args": ["serve", "--db-password", password, f"--token={password}"],
}
for kind, name, inputs in (
    ("kubernetes:apps/v1:Deployment", "api", {
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "api", "annotations": {"acme.example/password": password}},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }),
    ("kubernetes:core/v1:ConfigMap", "app", {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "app"},
        "data": {"a.properties": f"user=x\\ndb.password={password}\\n", "b64": base64.b64encode(f"password={password}".encode()).decode()},
    }),
    ("aws:s3/bucket:Bucket", "NAME", {"tags": {"owner": "a", "password": password}}),
    ("aws:iam/rolePolicy:RolePolicy", "p", {"policy": json.dumps({"Statement": [{"Sid": "a", "Condition": {"StringEquals": {"aws:RequestTag/password": password}}}]})}),
):
    pulumi.CustomResource(kind, name, inputs)
pulumi.export("password", password)
"""


def spellings(password: str) -> Iterator[str]:
    """The password as it is, and what else it would be read from."""
    yield password
    yield json.dumps(password)[1:-1]
    yield quote(password, safe="")
    yield password.replace("/", "%2F").replace("?", "%3F")
    for before in ("", "x", "xx"):
        # Whatever stands before it, the middle of its base64 is one of three texts.
        yield b64encode(f"{before}{password}".encode()).decode()[4:-4]


def leaks(text: str) -> list[str]:
    return [spelt for password in (OLD, NEW) for spelt in spellings(password) if spelt in text]


@pytest.fixture
def project(git: Git, tmp_path: Path) -> Path:
    """One whose password changes, with one more bucket that is new and one that goes."""
    program = tmp_path / "__main__.py"
    program.write_text(PROGRAM.replace("@@", OLD).replace("NAME", "old"))
    (tmp_path / "Pulumi.prod.yaml").unlink()
    git("add", "-A")
    git("commit", "-qm", "passwords")
    program.write_text(PROGRAM.replace("@@", NEW).replace("NAME", "new"))
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments)
    return result.stdout + result.stderr


def test_a_test_that_finds_nothing_would_find_it() -> None:
    assert leaks(f"a {NEW}") == [NEW, NEW]
    assert leaks(quote(OLD, safe=""))
    assert leaks(b64encode(f"password={NEW}".encode()).decode())


@pytest.mark.parametrize("form", ["terminal", "markdown", "html", "json", "sarif"])
def test_no_report_has_it(project: Path, form: str) -> None:
    out = project / "build" / "report"
    printed = run("diff", "--project", str(project), "--format", form, "--out", str(out))
    text = out.read_text()
    assert leaks(text + printed) == []
    assert "secrets/in-clear" in text
    assert form == "sarif" or HIDDEN in text, "what differs is shown, without it"


def test_another_password_is_a_change(project: Path) -> None:
    (project / "__main__.py").write_text(PROGRAM.replace("@@", NEW).replace("NAME", "old"))
    said = json.loads(run("diff", "--project", str(project), "--format", "json"))["stacks"][0]
    changed = {change["name"]: [each["path"] for each in change["properties"]] for change in said["changes"]}
    assert changed.keys() == {"api", "app", "old", "p"}
    assert "spec.template.spec.containers[app].env[DB_PASSWORD].value" in changed["api"]
    assert changed["old"] == ["tags.password"]


def test_no_preview_has_it(project: Path) -> None:
    assert leaks(run("preview", "--project", str(project), "--json")) == []
    assert leaks(run("preview", "--project", str(project))) == []
    written = [file for file in (project / "build" / "dev").rglob("*") if file.is_file()]
    assert len(written) >= 4
    assert leaks("\n".join(file.read_text() for file in written)) == []


@pytest.mark.parametrize("command", ["diff", "preview"])
def test_no_message_has_it(project: Path, command: str) -> None:
    (project / "__main__.py").write_text(f'raise ValueError("cannot reach postgres://u:{NEW[:6]}@db, password={NEW}")')
    said = run(command, "--project", str(project))
    assert "cannot reach postgres://u:" in said
    assert leaks(said) == []


def test_a_preview_of_the_real_engine_is_searched_too(tmp_path: Path) -> None:
    urn = "urn:pulumi:dev::shop::aws:s3/bucket:Bucket::b"
    state = {"urn": urn, "type": "aws:s3/bucket:Bucket", "inputs": {"tags": {"password": OLD}}, "custom": True}
    new = {**state, "inputs": {"tags": {"password": NEW}}}
    step = {"op": "update", "urn": urn, "oldState": state, "newState": new, "diffReasons": ["tags"]}
    file = tmp_path / "preview.json"
    file.write_text(json.dumps({"steps": [step], "changeSummary": {"update": 1}}))
    said = run("diff", "--from-pulumi", str(file))
    assert "tags.password" in said
    assert leaks(said) == []


def test_settings_that_are_refused_are_named_without_it(tmp_path: Path, git: Git) -> None:
    shutil.copytree(ROOT / "infra", tmp_path / "infra")
    for name in ("Pulumi.yaml", "Pulumi.local.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    team = tmp_path / "infra" / "teams" / "payments.yaml"
    text = team.read_text().replace("env: {LOG_LEVEL: info}", f'env: {{LOG_LEVEL: info}}\n    db_password: "{NEW}"')
    team.write_text(text)
    said = run("preview", "--project", str(tmp_path), "--stack", "local")
    assert "apps.api.db_password: unknown key" in said
    assert leaks(said) == []


def test_one_in_a_file_that_reaches_no_resource_is_found_with_its_key(tmp_path: Path, git: Git) -> None:
    (tmp_path / "infra" / "teams").mkdir(parents=True)
    (tmp_path / "infra" / "teams" / "payments.yaml").write_text(f"apps: {{api: {{env: {{DB_PASSWORD: '{OLD}'}}}}}}\n")
    git("add", "-A")
    git("commit", "-qm", "team")
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config: {{other:apiKey: '{NEW}', other:secretName: db}}\n")
    said = run("diff", "--project", str(tmp_path))
    assert "warning secrets/in-clear in dev: Stack shop-dev (Pulumi.dev.yaml: other:apiKey)" in said
    assert "warning secrets/in-clear, there before: Stack shop-dev" in said
    assert leaks(said) == []
