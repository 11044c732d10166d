"""What every public component owes its users, whatever it makes."""

import inspect
from functools import partial
from types import NoneType
from typing import Any, get_args

import pulumi
import pulumi_aws
import pulumi_kubernetes
import pytest
from tests.examples import SMALLEST, smallest
from tests.support import deploy, refusal, without

import roadstead
from roadstead.core.errors import ArgsError
from roadstead.tool.offline.errors import InputError
from roadstead.tool.offline.graph import Graph

COMPONENTS = [
    getattr(roadstead, name)
    for name in roadstead.__all__
    if inspect.isclass(getattr(roadstead, name)) and issubclass(getattr(roadstead, name), pulumi.ComponentResource)
]

AnyInput: Any = pulumi.Input
each_component = pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)


def made(component: Any, name: str = "thing", **changes: Any) -> Graph:
    return deploy(lambda: component(name, smallest(component, **changes)))


def test_every_component_has_an_example() -> None:
    assert set(SMALLEST) == set(COMPONENTS)


@each_component
def test_its_type_token_is_its_class_name_in_the_package(component: Any) -> None:
    graph = made(component)
    assert graph.one(f"roadstead:index:{component.__name__}", "thing").custom is False


@each_component
def test_it_works_with_its_smallest_arguments_while_nothing_is_known(component: Any) -> None:
    graph = deploy(lambda: component("thing", smallest(component)), unknown=True)
    assert graph.of_type(f"roadstead:index:{component.__name__}")


@each_component
def test_everything_it_makes_is_below_it(component: Any) -> None:
    graph = made(component)
    top = graph.one(f"roadstead:index:{component.__name__}", "thing")
    for resource in graph.resources.values():
        if resource is top or resource.parent is None or resource.type.startswith("pulumi:providers"):
            continue
        ancestor = resource
        while ancestor.parent and ancestor.urn != top.urn:
            ancestor = graph.resources[ancestor.parent]
        assert ancestor.urn == top.urn, f"{resource.urn} is not below the component"


@each_component
def test_two_of_it_do_not_collide(component: Any) -> None:
    def both() -> None:
        component("one", smallest(component))
        component("two", smallest(component))

    assert len(deploy(both).of_type(f"roadstead:index:{component.__name__}")) >= 2


@each_component
def test_the_name_of_everything_it_makes_starts_with_its_own(component: Any) -> None:
    for resource in made(component).resources.values():
        if resource.parent and not resource.type.startswith("pulumi:"):
            assert resource.name.startswith("thing"), f"{resource.urn} would collide with another component's"


@each_component
def test_none_of_the_callers_options_leak_to_what_it_makes(component: Any) -> None:
    opts = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")], ignore_changes=["tags"], version="9.9.9")
    graph = deploy(lambda: component("thing", smallest(component), opts))
    for resource in graph.resources.values():
        if resource.type == f"roadstead:index:{component.__name__}" and resource.name == "thing":
            assert resource.aliases, "the alias belongs to the component itself"
        else:
            # The Kubernetes SDK gives its objects aliases of their own, for older API versions.
            assert not any("old" in alias for alias in resource.aliases)
            assert "tags" not in resource.ignore_changes


@each_component
def test_protection_reaches_everything_it_makes(component: Any) -> None:
    opts = pulumi.ResourceOptions(protect=True)
    graph = deploy(lambda: component("thing", smallest(component), opts))
    unprotected = [r.urn for r in graph.resources.values() if r.parent and not r.protect and "providers" not in r.type]
    assert not unprotected


@each_component
def test_everything_is_made_through_the_providers_that_it_is_given(component: Any) -> None:
    def program() -> None:
        aws = pulumi_aws.Provider("given-aws", region="eu-west-1")
        kubernetes = pulumi_kubernetes.Provider("given-kubernetes", kubeconfig="{}")
        component("thing", smallest(component), pulumi.ResourceOptions(providers=[aws, kubernetes]))

    for resource in deploy(program).resources.values():
        if resource.provider:
            assert "::given-" in resource.provider, f"{resource.urn} goes past the providers that were given"


@each_component
def test_it_registers_every_output_that_it_announces(component: Any) -> None:
    registered = made(component).one(f"roadstead:index:{component.__name__}", "thing").outputs
    announced = set(inspect.get_annotations(component))
    assert announced, "a component without outputs cannot be composed with"
    assert registered is not None
    # The SDK leaves out what is nothing, and only an output that may be nothing is.
    outputs = inspect.get_annotations(component)
    optional = {name for name, output in outputs.items() if NoneType in get_args(get_args(output)[0])}
    assert announced - optional <= set(registered) <= announced


@each_component
def test_no_argument_and_output_share_a_name_but_not_a_type(component: Any) -> None:
    inputs = component.__init__.__annotations__["args"].__annotations__
    for name, output in inspect.get_annotations(component).items():
        (plain,) = output.__args__
        # The engine hands a component's inputs back under their names: an output of another type would clash.
        assert inputs.get(name, plain) in (plain, AnyInput[plain]), name


@each_component
def test_an_unknown_argument_is_refused_by_name(component: Any) -> None:
    text = refusal(lambda: deploy_quietly(component, tpyo=1))
    assert f'{component.__name__} "thing": 1 problem' in text
    assert "tpyo: unknown key; got 1; expected one of" in text


@each_component
def test_each_required_argument_that_is_missing_is_named(component: Any) -> None:
    for key in sorted(arguments(component).__required_keys__):
        text = refusal(partial(deploy_quietly, component, **{key: None}))
        assert f'{component.__name__} "thing": 1 problem' in text, "nothing follows from one that is missing"
        assert f"\n  {key}: missing key; expected " in text


@each_component
def test_all_that_is_missing_is_said_at_once(component: Any) -> None:
    needed = arguments(component).__required_keys__
    text = refusal(lambda: component("thing", {}))
    assert {line.strip().partition(": ")[0] for line in text.splitlines()[1:]} >= needed


@each_component
@pytest.mark.parametrize("wrong", [5, True, [1], {"a": {"b": 1}}, None], ids=str)
def test_an_argument_of_a_wrong_type_is_refused_by_name_or_is_none(component: Any, wrong: object) -> None:
    for key in arguments(component).__annotations__:
        try:
            deploy(partial(component, "thing", {**smallest(component), key: wrong}))
        except InputError as error:
            said = [line.strip() for line in str(error).splitlines()[1:]]
            assert any(key in line for line in said), f"{key}: {said}"
            assert not any("None" in line or "True" in line for line in said), "in the words of YAML"


@each_component
def test_a_misspelt_argument_is_told_with_the_right_one(component: Any) -> None:
    key = max(arguments(component).__required_keys__ or arguments(component).__annotations__, key=len)
    given = smallest(component)
    text = refusal(lambda: component("thing", {**without(given, key), f"{key}s": given.get(key, "x")}))
    assert f"  {key}s: unknown key (did you mean '{key}'" in text
    assert "missing key" not in text, "one mistake is told once"


@each_component
@pytest.mark.parametrize("args", [None, [], "x"], ids=str)
def test_arguments_that_are_no_mapping_are_refused(component: Any, args: object) -> None:
    assert "(all of it): not a mapping; got " in refusal(lambda: component("thing", args))


def arguments(component: Any) -> Any:
    return component.__init__.__annotations__["args"]


def deploy_quietly(component: Any, **changes: Any) -> None:
    """Constructs without an engine: arguments are refused before anything is registered."""
    component("thing", smallest(component, **changes))


def test_refused_arguments_are_an_error_that_pulumi_prints_without_a_traceback() -> None:
    assert issubclass(ArgsError, pulumi.RunError)
