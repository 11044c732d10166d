#!/bin/sh
# detect-secrets: the same line under the same settings is clean in a file and full of secrets by `scan_line`.
#
# Guess:      `scan_line` says of a line what `scan_file` says of a file with that line alone.
# Behaviour:  of an image with its digest, or of a variable's mere name, `scan_line` 1.5.0 yields high-entropy strings (with
#             default settings, limits 4.5 and 3.0), in pieces and several times, and `scan_file` nothing: `scan_line` takes words without
#             quotes too, and leaves the limits to its caller, who is not told the entropy. Even the word "name" is one.
#
# Exits with 1 when this is no longer so. Needs Python 3 and its package index.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check detect-secrets==1.5.0
cat > "$folder/try.py" <<'PYTHON'
import sys
from importlib.metadata import version
from pathlib import Path

from detect_secrets.core.scan import scan_file, scan_line
from detect_secrets.settings import default_settings

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
LINES = [f"image: registry.example.com/shop@sha256:{DIGEST}", "name: PAYMENTS_REGION", "name: shop"]
print("detect-secrets", version("detect-secrets"))
print("guess: both say the same")
is_so = True
for number, line in enumerate(LINES):
    file = Path(sys.argv[1]) / f"{number}.yaml"
    file.write_text(line + "\n")
    with default_settings():
        of_file = [secret.type for secret in scan_file(str(file))]
    with default_settings():
        of_line = [(secret.type, secret.secret_value) for secret in scan_line(line)]
    print(f"{line}\n  scan_file: {of_file}\n  scan_line: {of_line}")
    is_so = is_so and not of_file and any("High Entropy" in kind for kind, _ in of_line)
print("behaviour:", "scan_line has findings where scan_file has none" if is_so else "it has changed")
raise SystemExit(0 if is_so else 1)
PYTHON
"$folder/venv/bin/python" "$folder/try.py" "$folder"
