"""`roadstead facts refresh`: renews the fact tables from AWS."""

from collections.abc import Callable
from datetime import date
from difflib import unified_diff
from functools import partial
from typing import Annotated, Any

import typer

from roadstead.facts import addon_versions, eks_versions, files, instance_types, node_images, prices
from roadstead.tool.cli.exits import FAILED, telling_errors
from roadstead.tool.offline.errors import InputError

app = typer.Typer(
    help="The facts that age: instance types, EKS and add-on versions, node images, prices.", no_args_is_help=True
)


@app.command()
def refresh(
    region: Annotated[str, typer.Option(help="AWS region to ask.")],
    profile: Annotated[str | None, typer.Option(help="AWS profile. Default: the environment's.")] = None,
) -> None:
    """Ask AWS for every fact table of the library, show what changes, and write it.

    Needs ec2:DescribeInstanceTypes, ec2:DescribeSpotPriceHistory, eks:DescribeClusterVersions, eks:DescribeAddonVersions,
    pricing:GetProducts and ssm:GetParameters. A table that AWS does not answer for stays as it is, and the command ends
    with 1. Prices are renewed for the region that is asked; those of others stay.
    """
    # Imported here, because they take a third of a second that other commands need not wait for.
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

    from roadstead.tool.facts.refresh import (
        addon_version_table,
        eks_version_table,
        instance_type_table,
        node_image_table,
    )
    from roadstead.tool.facts.refresh_prices import API_REGION, price_table

    with telling_errors():
        try:
            session = boto3.Session(profile_name=profile, region_name=region)
        except ProfileNotFound as error:
            raise InputError(f"--profile: {error}") from error
    # A price list has hundreds of pages, and AWS slows down whoever asks for them in a row.
    client = partial(session.client, config=Config(retries={"mode": "standard", "total_max_attempts": 10}))
    today = date.today()
    tables: dict[str, Callable[[], dict[str, Any]]] = {
        instance_types.DATA: lambda: instance_type_table(client("ec2"), today),
        eks_versions.DATA: lambda: eks_version_table(client("eks"), today),
        addon_versions.DATA: lambda: addon_version_table(
            client("eks"), files.read(addon_versions.DATA), _offered(), today
        ),
        node_images.DATA: lambda: node_image_table(client("ssm"), files.read(node_images.DATA), _offered(), today),
        prices.DATA: lambda: price_table(
            client("pricing", region_name=API_REGION),
            client("ec2"),
            files.read(prices.DATA),
            files.read(instance_types.DATA)["instance_types"],
            today,
        ),
    }
    failed = False
    for name, ask in tables.items():
        try:
            table = ask()
        except (BotoCoreError, ClientError, InputError) as error:
            typer.echo(f"{name}: not renewed: {error}", err=True)
            failed = True
        else:
            _replace(name, table)
    if failed:
        raise typer.Exit(FAILED)


def _offered() -> list[str]:
    """The Kubernetes versions that EKS offers, as they have just been renewed."""
    return list(files.read(eks_versions.DATA)["versions"])


def _replace(name: str, table: dict[str, Any]) -> None:
    before, after = files.path(name).read_text(encoding="utf-8"), files.text(table)
    for line in unified_diff(before.splitlines(), after.splitlines(), f"{name} (before)", name, lineterm="", n=0):
        typer.echo(line)
    files.write(name, table)
