"""Arguments from Python that no component can be built from: always an `ArgsError`, never whatever breaks first."""

import inspect
from functools import partial
from typing import Any

import pulumi
import pytest
from tests.examples import smallest
from tests.support import deploy

import roadstead
from roadstead.core.errors import ArgsError
from roadstead.core.spec_types import takes_outputs
from roadstead.tool.offline.errors import InputError, ProgramError

COMPONENTS: list[Any] = [
    value
    for value in vars(roadstead).values()
    if inspect.isclass(value) and issubclass(value, pulumi.ComponentResource)
]
WRONG: list[Any] = [None, True, -1, 1.5, "", [], [None], [[]], {}, {"a": None}, {1: 2}, object(), b"x", ("a",), float("nan")]  # fmt: skip
HALF = "\ud800"
UNSENDABLE: list[Any] = [
    10**400,
    -(10**400),
    10**5000,
    1e300,
    HALF,
    [HALF],
    [10**400],
    {HALF: "a"},
    {"a": HALF},
    {"a": 10**400},
]
"""What no engine can be sent: numbers that no double is, and halves of characters."""


def refused_or_built(component: Any, name: Any, arguments: Any) -> bool:
    """Whether an `ArgsError` refused it. Anything else that breaks is raised."""
    try:
        deploy(lambda: component(name, arguments))
    except InputError as error:
        if isinstance(error.__cause__, ArgsError):
            return True
        raise
    return False


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)
def test_nothing_but_an_args_error_comes_of_wrong_arguments(component: Any) -> None:
    right = smallest(component)
    for key in inspect.get_annotations(component.__init__)["args"].__annotations__:
        for wrong in WRONG:
            refused_or_built(component, "main", {**right, key: wrong})


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)
def test_what_cannot_be_sent_is_refused_in_a_line_that_can_be_printed(component: Any) -> None:
    right = smallest(component)
    for key in inspect.get_annotations(component.__init__)["args"].__annotations__:
        for wrong in UNSENDABLE:
            arguments: Any = {**right, key: wrong}
            with pytest.raises(InputError) as caught:
                deploy(partial(component, "main", arguments))
            assert isinstance(caught.value.__cause__, ArgsError), (key, wrong)
            assert f"  {key}" in str(caught.value)
            assert all(len(line.encode()) < 600 for line in str(caught.value).splitlines())
    assert refused_or_built(component, f"main{HALF}", right)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)
def test_what_cannot_be_sent_ends_the_program_where_it_is_an_output(component: Any) -> None:
    right, hint = smallest(component), inspect.get_annotations(component.__init__)["args"]
    for key in (key for key in hint.__annotations__ if takes_outputs(hint, (key, 0))):
        for wrong in (HALF, 10**400):

            def program(key: str = key, wrong: Any = wrong) -> None:
                output: Any = pulumi.Output.from_input(wrong)
                component("main", {**right, key: output if takes_outputs(hint, (key,)) else [output]})

            with pytest.raises((ProgramError, InputError), match=r"half a character|hundreds of digits|missing key"):
                deploy(program)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)
def test_a_component_without_a_name_or_arguments_is_refused(component: Any) -> None:
    right: Any = smallest(component)
    wrongs: list[Any] = [None, [], "x", 3]
    assert refused_or_built(component, "", right)
    assert refused_or_built(component, None, right)
    assert all(refused_or_built(component, "main", wrong) for wrong in wrongs)
    required = inspect.get_annotations(component.__init__)["args"].__required_keys__
    assert all(refused_or_built(component, "main", {k: v for k, v in right.items() if k != key}) for key in required)
