#!/bin/sh
# EKS: an empty value is a label of Kubernetes and a taint of a node group, and no label of a node group.
#
# Guess:      labels and taints of a managed node group take the values that Kubernetes takes, the empty one among them: a label such as
#             acme.com/gpu= is common, and so is a taint of that kind.
# Behaviour:  botocore 1.44.5 sends the taint, and refuses the label before it is sent: valid min length 1. A tool that speaks to EKS otherwise
#             is refused by EKS.
#
# Exits with 1 when this is no longer so. Nothing is sent. Needs Python 3 and its package index.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check botocore==1.44.5
cat > "$folder/try.py" <<'PYTHON'
from importlib.metadata import version

import botocore.session
from botocore.validate import ParamValidator

GROUP = {"clusterName": "live", "nodegroupName": "gpu", "subnets": ["subnet-1"], "nodeRole": "arn:aws:iam::123456789012:role/node"}
TRIED = {
    "label": {"labels": {"acme.com/gpu": ""}},
    "taint": {"taints": [{"key": "acme.com/gpu", "value": "", "effect": "NO_SCHEDULE"}]},
}
shape = botocore.session.get_session().get_service_model("eks").operation_model("CreateNodegroup").input_shape
print("botocore", version("botocore"))
print("guess: neither is refused")
said = {}
for what, asked in TRIED.items():
    said[what] = ParamValidator().validate({**GROUP, **asked}, shape).generate_report()
    print(f"an empty {what}: {said[what] or 'accepted'}")
is_so = "min length: 1" in said["label"] and not said["taint"]
print("behaviour:", "the label alone is refused" if is_so else "it has changed")
raise SystemExit(0 if is_so else 1)
PYTHON
"$folder/venv/bin/python" "$folder/try.py"
