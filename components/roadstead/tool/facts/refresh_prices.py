"""Renews the price table of one region from the AWS Pricing API and from EC2's spot price history.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import Any, NamedTuple

from roadstead.facts.prices import Kind
from roadstead.tool.offline.errors import InputError

API_REGION = "us-east-1"
"""The Pricing API answers for all regions from a few; this is one of them."""
AWS = "aws"
ABOUT_AWS = {"source": "AWS Pricing GetProducts, EC2 DescribeSpotPriceHistory"}
ON_DEMAND = {
    "operatingSystem": "Linux",
    "preInstalledSw": "NA",
    "tenancy": "Shared",
    "capacitystatus": "Used",
    "marketoption": "OnDemand",
    "productFamily": "Compute Instance",
}
LINUX = "Linux/UNIX"


class Query(NamedTuple):
    """Which product of a service is meant."""

    service: str
    usage: str
    """Its usage type, without what names the region."""
    fields: Mapping[str, str]
    parts: int = 1
    """How many of ours AWS's unit has."""
    is_global: bool = False
    """Whether it belongs to no region."""


QUERIES = {
    "eks_cluster": Query("AmazonEKS", "AmazonEKS-Hours:perCluster", {}),
    "eks_extended_support": Query("AmazonEKS", "AmazonEKS-Hours:extendedSupport", {}),
    "nat_gateway": Query("AmazonEC2", "NatGateway-Hours", {"productFamily": "NAT Gateway"}),
    "interface_endpoint": Query("AmazonVPC", "VpcEndpoint-Hours", {}),
    "application_load_balancer": Query("AWSELB", "LoadBalancerUsage", {"productFamily": "Load Balancer-Application"}),
    "network_load_balancer": Query("AWSELB", "LoadBalancerUsage", {"productFamily": "Load Balancer-Network"}),
    "classic_load_balancer": Query("AWSELB", "LoadBalancerUsage", {"productFamily": "Load Balancer"}),
    "public_ipv4": Query("AmazonVPC", "PublicIPv4:InUseAddress", {}),
    "ebs_gp2": Query("AmazonEC2", "EBS:VolumeUsage.gp2", {"productFamily": "Storage"}),
    "ebs_gp3": Query("AmazonEC2", "EBS:VolumeUsage.gp3", {"productFamily": "Storage"}),
    "ebs_gp3_iops": Query("AmazonEC2", "EBS:VolumeP-IOPS.gp3", {"volumeApiName": "gp3"}),
    "ebs_gp3_throughput": Query("AmazonEC2", "EBS:VolumeP-Throughput.gp3", {"volumeApiName": "gp3"}, parts=1024),
    "ebs_io1": Query("AmazonEC2", "EBS:VolumeUsage.piops", {"volumeApiName": "io1"}),
    "ebs_io1_iops": Query("AmazonEC2", "EBS:VolumeP-IOPS.piops", {"volumeApiName": "io1"}),
    "ebs_io2": Query("AmazonEC2", "EBS:VolumeUsage.io2", {"volumeApiName": "io2"}),
    "ebs_io2_iops": Query("AmazonEC2", "EBS:VolumeP-IOPS.io2", {"volumeApiName": "io2"}),
    "ebs_sc1": Query("AmazonEC2", "EBS:VolumeUsage.sc1", {"volumeApiName": "sc1"}),
    "ebs_st1": Query("AmazonEC2", "EBS:VolumeUsage.st1", {"volumeApiName": "st1"}),
    "ebs_standard": Query("AmazonEC2", "EBS:VolumeUsage", {"volumeApiName": "standard"}),
    "hosted_zone": Query("AmazonRoute53", "HostedZone", {"productFamily": "DNS Zone"}, is_global=True),
    "kms_key": Query("awskms", "KMS-Keys", {}),
    "secret": Query("AWSSecretsManager", "AWSSecretsManager-Secrets", {"productFamily": "Secret"}),
}
"""By the names of the flat prices."""


def price_table(
    pricing: Any, ec2: Any, wanted: Mapping[str, Any], instance_types: Collection[str], today: date
) -> dict[str, Any]:
    """The present table with every price renewed of the region that `ec2` asks; other regions stay as they are.

    What AWS does not name, or names twice with different prices, keeps its old price, marked as not confirmed. A region
    of which it names nothing in USD is an `InputError`: those in China have prices in CNY.
    """
    region = ec2.meta.region_name
    found: dict[str, dict[str, Fraction]] = {
        Kind.FLAT: _flat(pricing, region),
        Kind.ON_DEMAND: {name: usd for name, usd in _on_demand(pricing, region).items() if name in instance_types},
        Kind.SPOT: {name: usd for name, usd in _spot(ec2, today).items() if name in instance_types},
    }
    if not found[Kind.FLAT] and not found[Kind.ON_DEMAND]:
        raise InputError(f"AWS names no price in USD for {region}")
    old = wanted["prices"].get(region, {})
    renewed = {kind: _rows(old.get(kind, {}), rows, today) for kind, rows in found.items()}
    return {
        "source": wanted["source"],
        "date": today.isoformat(),
        "sources": {**wanted["sources"], AWS: ABOUT_AWS},
        "prices": {**wanted["prices"], region: renewed},
    }


def _rows(old: Mapping[str, Any], found: Mapping[str, Fraction], today: date) -> dict[str, Any]:
    rows = {name: {**row, "confirmed": False} for name, row in old.items()}
    for name, usd in found.items():
        rows[name] = {"usd": float(usd), "confirmed": True, "date": today.isoformat(), "source": AWS}
    return dict(sorted(rows.items()))


def _flat(pricing: Any, region: str) -> dict[str, Fraction]:
    found = {}
    for name, query in QUERIES.items():
        prefix = f"([A-Z0-9]+-|{re.escape(region)}-)?"
        where = {} if query.is_global else {"regionCode": region}
        prices = {
            usd / query.parts
            for attributes, usd in _products(pricing, query.service, {**where, **query.fields})
            if re.fullmatch(prefix + re.escape(query.usage), attributes.get("usagetype", ""))
        }
        if len(prices) == 1:
            found[name] = prices.pop()
    return found


def _on_demand(pricing: Any, region: str) -> dict[str, Fraction]:
    prices: dict[str, set[Fraction]] = {}
    for attributes, usd in _products(pricing, "AmazonEC2", {"regionCode": region, **ON_DEMAND}):
        prices.setdefault(attributes.get("instanceType", ""), set()).add(usd)
    return {name: usds.pop() for name, usds in prices.items() if len(usds) == 1}


def _products(pricing: Any, service: str, fields: Mapping[str, str]) -> Iterator[tuple[Mapping[str, str], Fraction]]:
    """Attributes and on-demand price of every product that has these; of prices by amount, the first amount's."""
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in fields.items()]
    for page in pricing.get_paginator("get_products").paginate(ServiceCode=service, Filters=filters):
        for text in page["PriceList"]:
            item = json.loads(text)
            for term in item.get("terms", {}).get("OnDemand", {}).values():
                for dimension in term["priceDimensions"].values():
                    usd = Fraction(dimension["pricePerUnit"].get("USD", "0"))
                    # A price of nothing is for what a customer has reserved, or for the free tier.
                    if usd and Fraction(dimension.get("beginRange") or "0") == 0:
                        yield item["product"]["attributes"], usd


def _spot(ec2: Any, today: date) -> dict[str, Fraction]:
    """For each type, the mean over the region's own zones of each zone's latest price: which zone a node goes to is open."""
    latest: dict[tuple[str, str], tuple[datetime, Fraction]] = {}
    since = datetime.combine(today, time(), UTC)
    pages = ec2.get_paginator("describe_spot_price_history").paginate(ProductDescriptions=[LINUX], StartTime=since)
    for page in pages:
        for entry in page["SpotPriceHistory"]:
            where = (entry["InstanceType"], entry["AvailabilityZone"])
            known = latest.get(where)
            if known is None or entry["Timestamp"] > known[0]:
                latest[where] = (entry["Timestamp"], Fraction(entry["SpotPrice"]))
    by_type: dict[str, list[Fraction]] = {}
    for (name, zone), (_, usd) in latest.items():
        if re.fullmatch(rf"{re.escape(ec2.meta.region_name)}[a-z]", zone):
            by_type.setdefault(name, []).append(usd)
    return {name: Fraction(round(sum(usds) / len(usds) * 10**6), 10**6) for name, usds in by_type.items()}
