"""What of a stack costs money by how much it is used: nobody knows that before, and so it is named and not counted."""

from roadstead.tool.offline.graph import Graph

TRAFFIC = "traffic"
BY_USE = {
    "aws:ecr/repository:": "images",
    "aws:cloudwatch/logGroup:": "logs",
    "aws:cloudwatch/metricAlarm:": "alarms",
    "aws:cloudwatch/dashboard:": "dashboards",
    "aws:kms/": "requests to keys",
    "aws:secretsmanager/": "requests to secrets",
    "aws:route53/zone:": "DNS queries",
    "aws:lb/": "capacity units of load balancers",
    "aws:ebs/snapshot:": "snapshots",
    "aws:backup/": "backups",
    "aws:s3/": "S3",
    "aws:efs/": "EFS",
    "aws:dynamodb/": "DynamoDB",
    "aws:lambda/": "Lambda",
    "aws:sqs/": "SQS",
    "aws:sns/": "SNS",
    "aws:cloudfront/": "CloudFront",
    "aws:apigateway": "API Gateway",
    "aws:amp/": "Managed Prometheus",
    "aws:guardduty/": "GuardDuty",
}
"""By how a type begins; what a stack sends and processes counts in every one."""


def by_use(graph: Graph) -> tuple[str, ...]:
    """What of it is in a stack that the stack makes, with traffic first."""
    types = {made.type for made in graph.resources.values() if not made.external}
    return (TRAFFIC, *(word for start, word in BY_USE.items() if any(type_.startswith(start) for type_ in types)))
