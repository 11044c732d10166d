import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support import ROOT
from typer.testing import CliRunner, Result

from roadstead.tool.cli.main import app

PROGRAM = "import pulumi\nfrom pulumi_aws import s3\npulumi.export('name', s3.Bucket('data', bucket='exact').bucket)"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["preview", *arguments])


def test_the_only_stack_need_not_be_named(project: Path) -> None:
    result = run("--project", str(project))
    assert result.exit_code == 0, result.stderr
    assert "Previewing shop/dev offline." in result.stdout
    assert " +  └─ aws:s3/bucket:Bucket  data" in result.stdout
    assert "Resources: 3 to create" in result.stdout
    assert "    name: exact" in result.stdout
    assert "Written to" in result.stdout
    assert (project / "build" / "dev" / "graph.json").exists()


def test_the_graph_as_json_is_all_that_is_printed(project: Path) -> None:
    (project / "__main__.py").write_text(PROGRAM + "\nprint('chatter')")
    result = run("--project", str(project), "--stack", "dev", "--json")
    assert result.exit_code == 0
    graph = json.loads(result.stdout)
    assert (graph["project"], graph["stack"], graph["outputs"]) == ("shop", "dev", {"name": "exact"})
    assert not (project / "build").exists(), "nothing is written unless a folder is named"


def test_the_folder_can_be_chosen(project: Path) -> None:
    result = run("--project", str(project), "--json", "--out", str(project / "elsewhere"))
    assert result.exit_code == 0
    assert (project / "elsewhere" / "graph.json").read_text() == result.stdout


def test_what_only_exists_after_creation_can_be_left_unknown(project: Path) -> None:
    (project / "__main__.py").write_text(
        "import pulumi\nfrom pulumi_aws import s3\npulumi.export('a', s3.Bucket('data').arn)"
    )
    result = run("--project", str(project), "--unknown")
    assert "What only exists after creation is not known yet." in result.stdout
    assert "a: [unknown]" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--stack", "prod"),
            "error: Pulumi.prod.yaml: there is no such file; expected one of the stacks broken, dev, refused",
        ),
        (("--stack", "broken"), "error: Pulumi.broken.yaml: not YAML at line 1"),
        (("--stack", "refused"), "error: the settings are wrong"),
    ],
)
def test_bad_input_ends_with_2_and_one_message(project: Path, arguments: tuple[str, ...], said: str) -> None:
    (project / "Pulumi.broken.yaml").write_text("{")
    (project / "Pulumi.refused.yaml").write_text("")
    (project / "__main__.py").write_text(
        "import pulumi\nif pulumi.get_stack() == 'refused': raise pulumi.RunError('the settings are wrong')"
    )
    result = run("--project", str(project), *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_several_stacks_and_none_named_is_bad_input(project: Path) -> None:
    (project / "Pulumi.prod.yaml").write_text("")
    result = run("--project", str(project))
    assert result.exit_code == 2
    assert "--stack: not given, and the project has 2; expected one of dev, prod" in result.stderr


def test_a_failing_program_ends_with_1_and_the_users_own_line(project: Path) -> None:
    (project / "__main__.py").write_text("def work():\n    return {}['missing']\n\nwork()\n")
    result = run("--project", str(project))
    assert result.exit_code == 1
    assert "__main__.py:2 in work: return {}['missing']" in result.stderr
    assert "KeyError: 'missing'" in result.stderr
    assert "site-packages" not in result.stderr
    assert not (project / "build").exists()


def test_messages_of_the_program_are_shown(project: Path) -> None:
    (project / "__main__.py").write_text("import pulumi\npulumi.warn('careful')")
    assert "Messages:\n    warning: careful" in run("--project", str(project)).stdout


def test_two_previews_print_and_write_the_same_bytes(tmp_path: Path) -> None:
    """In processes of their own with different hash seeds, as two runs on two machines."""
    seen = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        command = [
            sys.executable,
            "-m",
            "roadstead.tool.cli",
            "preview",
            "-s",
            "staging",
            "-C",
            str(ROOT),
            "--out",
            str(out),
        ]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        files = {str(f.relative_to(out)): f.read_bytes() for f in sorted(out.rglob("*")) if f.is_file()}
        seen.append((done.stdout.replace(str(out), "OUT"), files))
    assert seen[0] == seen[1]
