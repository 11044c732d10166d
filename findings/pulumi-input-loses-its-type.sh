#!/bin/sh
# Pulumi's `Input[str]` cannot be resolved outside of pulumi's own module, and does not know its `str` where it is.
#
# Guess:      get_type_hints of a TypedDict with `Input[str]` gives a union of str, Awaitable[str] and Output[str].
# Behaviour:  NameError: name 'Output' is not defined, though `pulumi.Output` is imported by nobody but pulumi. With the module's names
#             given, the last of the three is Output[T]: what stands in a forward reference of a generic alias is not replaced. So whoever
#             reads arguments by their types (a validator, a schema, a form) learns from the union's other members alone.
#
# Exits with 1 when this is no longer so. Needs Python 3.10 or later and its package index.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pulumi==3.272.0 typing_extensions==4.16.0
cat > "$folder/try.py" <<'PYTHON'
import typing
from importlib.metadata import version

import pulumi
import pulumi.output
import typing_extensions


class Args(typing_extensions.TypedDict):
    name: pulumi.Input[str]


print("pulumi", version("pulumi"), "typing_extensions", version("typing_extensions"))
print("guess: Union[str, Awaitable[str], Output[str]]")
failed = []
for module in (typing, typing_extensions):
    try:
        print(module.__name__, module.get_type_hints(Args))
    except NameError as error:
        failed.append(str(error))
        print(f"{module.__name__}: NameError: {error}")
of_output = typing.get_args(typing_extensions.get_type_hints(Args, vars(pulumi.output))["name"])[-1]
print("with the names of pulumi.output:", of_output, "of", typing.get_args(of_output))
is_so = failed == ["name 'Output' is not defined"] * 2 and isinstance(typing.get_args(of_output)[0], typing.TypeVar)
print("behaviour:", "neither module resolves it, and Output has lost its type" if is_so else "it has changed")
raise SystemExit(0 if is_so else 1)
PYTHON
"$folder/venv/bin/python" "$folder/try.py"
