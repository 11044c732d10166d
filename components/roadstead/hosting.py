"""The components as Pulumi's host for other languages takes them.

https://www.pulumi.com/docs/iac/using-pulumi/extending-pulumi/build-a-component/
"""

import inspect

import pulumi
from pulumi.provider.experimental.analyzer import Analyzer

import roadstead

COMPONENTS: list[type[pulumi.ComponentResource]] = [
    found
    for name in roadstead.__all__
    if inspect.isclass(found := getattr(roadstead, name)) and issubclass(found, pulumi.ComponentResource)
]


def describe_inherited_fields() -> None:
    """Lets Pulumi's analyzer find the docstring of a field that an Args type inherits from its spec.

    It looks at the class itself alone, and a `TypedDict` does not keep its bases among its ancestors.
    """
    own = Analyzer.get_docstring

    def get_docstring(self: Analyzer, typ: type, name: str) -> str | None:
        return own(self, typ, name) or next(
            (found for base in _bases(typ) if (found := get_docstring(self, base, name))), None
        )

    Analyzer.get_docstring = get_docstring  # type: ignore[method-assign]


def _bases(typ: type) -> list[type]:
    return [base for base in getattr(typ, "__orig_bases__", ()) if inspect.isclass(base)]
