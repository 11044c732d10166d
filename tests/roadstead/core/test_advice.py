"""Whoever follows the advice of a message has a value that is accepted, and that means what was meant."""

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from roadstead.core import quantities
from roadstead.core.advice import LEAST_MEMORY_MIB
from roadstead.core.forms import digest_problems, image_problems, registry_problems
from roadstead.core.problems import all_problems
from roadstead.core.quantities import cpu_problems, memory_problems, parse
from roadstead.tenancy import team_spec
from roadstead.tenancy.team_spec import TeamSpec
from roadstead.workload import app_spec
from roadstead.workload.app_spec import AppSpec

ADVICE = re.compile(r"write (?:it in quotes, |it without quotes, )?(.+?)(?: \(or .*\))?$")
MIB = 1024**2


def advice(problem: str) -> Any:
    """The value that a message says to write, as YAML reads it; nothing where it says of none."""
    found = ADVICE.search(problem.rpartition("; expected ")[2])
    return YAML(typ="safe", pure=True).load(f"x: {found[1]}")["x"] if found else None


FIELDS = [field for field in AppSpec.__annotations__ if field not in ("uses", "egress", "aws_permissions")]
odd = (
    st.none()
    | st.booleans()
    | st.integers(-10, 2**40)
    | st.integers(0, 100)
    | st.floats(0, 5000, allow_nan=False)
    | st.dates()
    | st.text(alphabet="0123456789 kKmMgGiIbB.", max_size=6)
    | st.sampled_from(["yes", "off", "TRUE", "prefer", "bundle exec worker", "a, b", "3", "8080", "sh -c 'a b'"])
    | st.lists(st.integers(0, 3) | st.text(max_size=3), max_size=2)
    | st.dictionaries(
        st.sampled_from(["min", "max", "A"]), st.integers(0, 9) | st.sampled_from(["2", True]), max_size=2
    )
)


@given(st.dictionaries(st.sampled_from(FIELDS), odd, min_size=1, max_size=3))
@example({"temporary_storage": 10113})  # with a unit it would be too large
def test_an_app_that_follows_every_advice_has_none_of_these_problems_left(written: dict[str, Any]) -> None:
    for problem in all_problems(AppSpec, written, app_spec.problems):
        followed = advice(problem)
        if followed is None:
            continue
        *parents, last = path = problem.partition(": ")[0].split(".")
        at = written
        for part in parents:
            at = at[int(part) if isinstance(at, list) else part]
        key = int(last) if isinstance(at, list) else last
        before = at[key]
        at[key] = followed
        left = [
            text for text in all_problems(AppSpec, written, app_spec.problems) if text.startswith(f"{'.'.join(path)}: ")
        ]
        assert not left, f"{problem!r} was followed, and then: {left}"
        at[key] = before


@given(st.integers(1, 2**40) | st.floats(0.001, 4096))
def test_memory_without_a_unit_is_never_advised_to_be_bytes_that_nothing_runs_in(number: float) -> None:
    for written in (number, str(number)):
        problems = all_problems(AppSpec, {"memory": written, "port": 8080}, app_spec.problems)
        for followed in filter(None, map(advice, problems)):
            assert parse(followed) >= LEAST_MEMORY_MIB * MIB
            digits = re.sub(r"[KMGT]i$", "", followed)
            assert Fraction(digits) == pytest.approx(Fraction(str(number)), rel=1e-5), (
                "it is the number that was written"
            )


@pytest.mark.parametrize(
    ("written", "followed"),
    [(512, "512Mi"), ("512", "512Mi"), ("512MB", "512Mi"), ("512m", "512Mi"), ("1 GiB", "1Gi"), (2, "2Gi"), (1.5, "1.5Gi"), (536870912, "536870912")],
)  # fmt: skip
def test_memory_of_an_app_as_it_was_meant(written: object, followed: str) -> None:
    (problem,) = all_problems(AppSpec, {"memory": written, "port": 8080}, app_spec.problems)
    assert advice(problem) == followed


@pytest.mark.parametrize(
    ("written", "followed"), [(2, "2"), (0.5, "0.5"), (250, "250m"), ("250M", "250m"), ("12000", "12000m")]
)
def test_cpu_of_an_app_as_it_was_meant(written: object, followed: str) -> None:
    (problem,) = all_problems(AppSpec, {"cpu": written, "port": 8080}, app_spec.problems)
    assert advice(problem) == followed


@pytest.mark.parametrize(
    ("key", "written", "followed"),
    [("memory", 16, "16Gi"), ("memory", "64", "64Gi"), ("cpu", 8, "8"), ("cpu", 250, "250"), ("storage", 100, "100Gi"), ("pods", "40", 40)],
)  # fmt: skip
def test_a_quota_as_it_was_meant_for_a_whole_namespace(key: str, written: object, followed: object) -> None:
    quota = {"cpu": "8", "memory": "16Gi", "pods": 40, key: written}
    (problem,) = all_problems(TeamSpec, {"namespaces": {"payments": {"quota": quota}}}, team_spec.problems)
    assert problem.startswith(f"namespaces.payments.quota.{key}: ")
    assert advice(problem) == followed


@pytest.mark.parametrize(
    ("key", "written", "followed"),
    [
        ("replicas", 3, {"min": 3, "max": 3}),
        ("command", "bundle exec worker", ["bundle", "exec", "worker"]),
        ("command", "sh -c 'a b'", ["sh", "-c", "a b"]),
        ("uses", "a/b, c/d", ["a/b", "c/d"]),
        ("egress", {"cidr": "10.0.0.0/8", "ports": [5432]}, [{"cidr": "10.0.0.0/8", "ports": [5432]}]),
        ("port", "8080", 8080),
        ("grace_seconds", "100s", 100),
        ("grace_seconds", "2m", None),
        ("port", "80s", None),
        ("env", ["A=1"], None),
        ("spot", True, None),
        ("cpu", None, None),
    ],
)
def test_other_fields_as_they_were_meant_or_without_advice(key: str, written: object, followed: object) -> None:
    app = {"port": 8080, key: written}
    (problem,) = all_problems(AppSpec, app, app_spec.problems)
    assert advice(problem) == followed


@pytest.mark.parametrize(
    "text",
    ["https://registry.example.com/", "Registry.example.com", "registry.example.com:5000/", "http://localhost:5001"],
)
def test_a_registry_is_a_host(text: str) -> None:
    (problem,) = registry_problems("registry", text)
    assert not registry_problems("registry", advice(problem))


@pytest.mark.parametrize("text", ["localhost:5001", "registry.example.com", "registry.example.com/acme/images"])
def test_a_host_with_port_and_path_is_a_registry(text: str) -> None:
    assert not registry_problems("registry", text)


@pytest.mark.parametrize(
    "text", ["repo:1.2", "registry.example.com/a/b:latest", f"a/b@sha256:{'0' * 64}", "https://registry.example.com/a"]
)
def test_an_image_is_a_repository_without_tag_and_digest(text: str) -> None:
    (problem,) = image_problems("image", text)
    assert not image_problems("image", advice(problem))


@pytest.mark.parametrize("text", ["ab" * 32, f"sha256:{'AB' * 32}", f"repo:1.2@sha256:{'ab' * 32}"])
def test_a_digest_that_is_within_what_was_written_is_shown(text: str) -> None:
    (problem,) = digest_problems("digest", text)
    assert advice(problem) == f"sha256:{'ab' * 32}"


@given(st.text(alphabet="0123456789 kKmMgGtTiIbB.", max_size=8))
def test_the_advice_for_a_quantity_is_a_quantity(text: str) -> None:
    for of_pod in (True, False):
        for problem in cpu_problems("cpu", text, of_pod=of_pod):
            assert advice(problem) is None or not cpu_problems("cpu", str(advice(problem)), of_pod=of_pod)
        for problem in memory_problems("memory", text, of_pod=of_pod):
            assert advice(problem) is None or not memory_problems("memory", advice(problem), of_pod=of_pod)


def test_there_is_a_floor_for_memory_and_both_for_cpu() -> None:
    assert not memory_problems("memory", "16Mi")
    assert memory_problems("memory", "16383Ki")
    assert not cpu_problems("cpu", "1m")
    assert cpu_problems("cpu", "0.0009")
    assert cpu_problems("cpu", f"{quantities.MOST_CPU + 1}")
