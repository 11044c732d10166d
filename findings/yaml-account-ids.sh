#!/bin/sh
# One AWS account id, without quotes, in YAML: three readings by two readers, and the id's own digits decide which.
#
# Guess:      an account id of twelve digits that begins with 0 is a number to both readers, or text to both.
# Behaviour:  PyYAML 6.0.3 (YAML 1.1) reads 012345670123 as octal, 1402433619, and 012345678901, which has an 8 and a 9, as text: right. It is a
#             matter of luck whether an account comes through. ruamel.yaml 0.19.1 (YAML 1.2) reads both as decimal, without their 0. And PyYAML
#             writes the text 012345678901 without quotes, since to itself it is no number: ruamel.yaml reads another account then.
#
# Exits with 1 when this is no longer so. Needs Python 3 and its package index.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check PyYAML==6.0.3 ruamel.yaml==0.19.1
cat > "$folder/try.py" <<'PYTHON'
from importlib.metadata import version

import yaml
from ruamel.yaml import YAML

IDS = ["012345670123", "012345678901", "123456789012"]
print("PyYAML", version("PyYAML"), "ruamel.yaml", version("ruamel.yaml"))
print("guess: both read the same")
seen = []
for account in IDS:
    text = f"account: {account}\n"
    seen.append((yaml.safe_load(text)["account"], YAML(typ="safe").load(text)["account"]))
    print(f"{account}: PyYAML {seen[-1][0]!r}, ruamel.yaml {seen[-1][1]!r}")
written = yaml.safe_dump({"account": IDS[1]})
read = YAML(typ="safe").load(written)["account"]
print(f"the text {IDS[1]!r} as PyYAML writes it: {written.strip()}; ruamel.yaml reads {read!r}")
is_so = read == 12345678901 and seen == [
    (1402433619, 12345670123),
    ("012345678901", 12345678901),
    (123456789012, 123456789012),
]
print("behaviour:", "they differ, by the digits" if is_so else "it has changed")
raise SystemExit(0 if is_so else 1)
PYTHON
"$folder/venv/bin/python" "$folder/try.py"
