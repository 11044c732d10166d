"""Which way properties are weaker of what programs make in AWS beside our components.

Defaults are those that the service models of botocore 1.44.5 tell of (read on 2026-11-30). The page that a row names is AWS's own on the property;
these pages were not read for it.
"""

from roadstead.tool.review.protection.row import (
    AVAILABILITY,
    DELETION,
    ENCRYPTION,
    LOGS,
    MODEST,
    NETWORK,
    SERIOUS,
    Guard,
    Row,
)
from roadstead.tool.review.protection.ways import Number, Switch

BUCKET = "aws:s3/bucket:Bucket"
DATABASES = ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster")
LOCKED = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
API = "https://docs.aws.amazon.com"

ROWS = (
    Row(
        DELETION, DATABASES, ("deletionProtection",), Switch(), "it can be deleted by a single call",
        "Leave deletion protection on.", SERIOUS, f"{API}/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
    ),
    Row(
        DELETION, DATABASES, ("backupRetentionPeriod",), Number(more=True, absent=1),
        "backups are kept for {new} days instead of {old}", "Keep them as long as before.",
        SERIOUS, f"{API}/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html",
    ),
    Row(
        DELETION, DATABASES, ("skipFinalSnapshot",), Switch(protects=False), "it goes without a last snapshot",
        "Leave the snapshot on.", SERIOUS, f"{API}/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html",
    ),
    Row(
        ENCRYPTION, DATABASES[:1], ("storageEncrypted",), Switch(), "its storage is no longer encrypted", "Keep it encrypted.",
        SERIOUS, f"{API}/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
    ),
    Row(
        ENCRYPTION, DATABASES[1:], ("storageEncrypted",), Switch(),
        "its storage is no longer encrypted with a key of the account (a new Aurora cluster's is with one of AWS's own, others' not at all)",
        "Keep it encrypted.", SERIOUS, f"{API}/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html",
    ),
    Row(
        AVAILABILITY, DATABASES[:1], ("multiAz",), Switch(), "there is no second one in another zone any more",
        "Leave it in several zones.", MODEST, f"{API}/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html",
    ),
    Row(
        DELETION, ("aws:dynamodb/table:Table",), ("deletionProtectionEnabled", "pointInTimeRecovery.enabled"), Switch(),
        "it can be deleted, or cannot be taken back to an earlier time", "Leave both on.",
        SERIOUS, f"{API}/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html",
    ),
    Row(
        ENCRYPTION, ("aws:ebs/volume:Volume", "aws:efs/fileSystem:FileSystem"), ("encrypted",), Switch(),
        "it is no longer encrypted", "Keep it encrypted.", SERIOUS, f"{API}/ebs/latest/userguide/ebs-encryption.html",
    ),
    Row(
        DELETION, (BUCKET,), ("forceDestroy",), Switch(protects=False), "it can be deleted with what is in it",
        "Leave it off.", SERIOUS, "https://www.pulumi.com/registry/packages/aws/api-docs/s3/bucket/",
    ),
    Row(
        NETWORK, (LOCKED,), ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), Switch(),
        "what is in the bucket can be made public", "Leave public access blocked.",
        SERIOUS, f"{API}/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ),
    Row(
        DELETION, ("aws:secretsmanager/secret:Secret",), ("recoveryWindowInDays",), Number(more=True, absent=30),
        "a secret that is deleted can be taken back for {new} days instead of {old}", "Keep the longer window.",
        SERIOUS, f"{API}/secretsmanager/latest/APIReference/API_DeleteSecret.html",
    ),
    Row(
        DELETION, ("aws:lb/loadBalancer:LoadBalancer",), ("enableDeletionProtection",), Switch(),
        "it can be deleted by a single call", "Leave deletion protection on.",
        SERIOUS, f"{API}/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
    ),
)  # fmt: skip

GUARDS = (
    Guard(
        NETWORK, LOCKED, "bucket", "what is in the bucket can be made public", "Keep it.",
        SERIOUS, f"{API}/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ),
    Guard(
        LOGS, "aws:cloudtrail/trail:Trail", "(stack)", "calls of the account are no longer kept", "Keep the trail.",
        SERIOUS, f"{API}/awscloudtrail/latest/userguide/cloudtrail-user-guide.html",
    ),
    Guard(
        LOGS, "aws:guardduty/detector:Detector", "(stack)", "nobody looks for attacks on the account any more", "Keep it.",
        SERIOUS, f"{API}/guardduty/latest/ug/what-is-guardduty.html",
    ),
)  # fmt: skip
