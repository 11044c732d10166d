"""Random values and graphs, of the shapes that programs register."""

from typing import Any

from hypothesis import strategies as st

from roadstead.tool.offline.graph import Graph, Resource, Secret, Unknown, made_up_name

KEYS = st.sampled_from(["name", "spec", "tags", "a.b", "key", "image", "x[0]"])
SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.text(max_size=4),
    st.sampled_from(["[secret]", "[unknown]", "{", "[1]", '{"a": 1}']),
    st.just(Unknown()),
    st.builds(Secret.of, st.integers(0, 2)),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
INPUTS = st.dictionaries(KEYS, VALUES, max_size=4)

TYPES = ["aws:ec2/vpc:Vpc", "aws:kms/key:Key", "kubernetes:core/v1:ConfigMap", "other:index:Thing"]


def resource(type_: str, name: str, inputs: dict[str, Any], **more: Any) -> Resource:
    """A resource as the recording engine would record it at the top of a stack."""
    urn = f"urn:pulumi:test::project::{type_}::{name}"
    fields: dict[str, Any] = {"parent": None, "custom": True, "provider": None, "id": made_up_name(name, urn)}
    return Resource(urn=urn, type=type_, name=name, inputs=inputs, **fields | more)


def graph(*resources: Resource) -> Graph:
    """A graph of some resources."""
    return Graph("project", "test", {made.urn: made for made in resources}, {})


GRAPHS = st.dictionaries(
    st.tuples(st.sampled_from(TYPES), st.sampled_from(["a", "b", "c", "d"])), INPUTS, max_size=6
).map(lambda found: graph(*(resource(type_, name, inputs) for (type_, name), inputs in found.items())))
