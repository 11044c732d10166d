"""The command that renews the tables, against an AWS that answers some of its questions."""

import json
from pathlib import Path

from moto import mock_aws
from typer.testing import CliRunner

from roadstead.facts import files, instance_types, node_images
from roadstead.tool.cli.main import app


@mock_aws
def test_the_command_shows_what_changes_and_says_what_could_not_be_renewed(credentials: None, data: Path) -> None:
    """moto plays EC2 and SSM; of EKS it has neither operation and of Pricing none, as a role without the rights would not."""
    table = json.loads((data / instance_types.DATA).read_text())
    shipped = table["instance_types"]["m7g.large"]["vcpus"]
    table["instance_types"]["m7g.large"]["vcpus"] = 3
    files.write(instance_types.DATA, table)

    result = CliRunner().invoke(app, ["facts", "refresh", "--region", "eu-west-1"])

    assert result.exit_code == 1
    renewed = files.read(instance_types.DATA)
    assert renewed["source"] == "EC2 DescribeInstanceTypes in eu-west-1"
    table["instance_types"]["m7g.large"]["vcpus"] = shipped
    assert renewed["instance_types"] == table["instance_types"]
    assert '-  "m7g.large": {"vcpus": 3, ' in result.stdout
    assert '+  "m7g.large": {"vcpus": 2, ' in result.stdout
    assert "eks_versions.json: not renewed: " in result.stderr
    assert "prices.json: not renewed: " in result.stderr
    assert json.loads((data / instance_types.DATA).read_text())["instance_types"]["m7g.large"]["vcpus"] == 2
    releases = json.loads((data / node_images.DATA).read_text())["releases"]
    assert not any(release["confirmed"] for release in releases.values()), "moto knows no image: nothing is confirmed"
