from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from roadstead.tool.offline.errors import InputError
from roadstead.tool.offline.project import load, stacks

MANIFEST = """
name: shop
runtime: python
main: infra/
config:
  tier: {type: string, description: how careful}
  size: {type: integer, default: 3}
  on: {type: boolean, default: false}
  names: {type: array, items: {type: string}, default: []}
  groups: {type: object, default: {}}
  password: {type: string, secret: true, default: none}
  aws:region: {value: eu-west-1}
  fixed: 7
"""


def project(folder: Path, stack: str, manifest: str = MANIFEST) -> Path:
    (folder / "Pulumi.yaml").write_text(manifest)
    (folder / "Pulumi.dev.yaml").write_text(stack)
    return folder


def config(folder: Path, stack: str) -> dict[str, str]:
    return dict(load(project(folder, stack), "dev").config)


def refusal(folder: Path, stack: str, manifest: str = MANIFEST) -> str:
    with pytest.raises(InputError) as caught:
        load(project(folder, stack, manifest), "dev")
    return str(caught.value)


SECRET = "{secure: v1:abc}"
LEAST = f"config: {{shop:tier: low, shop:password: {SECRET}}}"


def test_values_reach_the_program_as_the_cli_hands_them_over(tmp_path: Path) -> None:
    """Compared with what the real CLI 3.272 puts into PULUMI_CONFIG."""
    found = config(
        tmp_path,
        f"""
config:
  shop:tier: low
  shop:password: {SECRET}
  shop:groups: {{b: {{version: "1.36", n: 3}}, a: [1, true, x]}}
  shop:undeclared: 1.36
  other:flag: true
""",
    )
    assert found == {
        "shop:tier": "low",
        "shop:password": "[secret]",
        "shop:size": "3",
        "shop:on": "false",
        "shop:names": "[]",
        "shop:groups": '{"a": [1, true, "x"], "b": {"n": 3, "version": "1.36"}}',
        "shop:undeclared": "1.36",
        "shop:fixed": "7",
        "other:flag": "true",
        "aws:region": "eu-west-1",
    }


def test_a_key_without_a_name_before_it_is_the_projects(tmp_path: Path) -> None:
    assert config(tmp_path, f"config: {{tier: low, password: {SECRET}}}")["shop:tier"] == "low"


def test_encrypted_values_are_secret_wherever_they_lie_and_never_decrypted(tmp_path: Path) -> None:
    found = load(project(tmp_path, f"{LEAST[:-1]}, shop:groups: {{a: {{b: [{SECRET}]}}}}}}"), "dev")
    assert found.secret_keys == {"shop:password", "shop:groups"}
    assert found.config["shop:groups"] == '{"a": {"b": ["[secret]"]}}'


def test_the_program_lies_where_main_says(tmp_path: Path) -> None:
    assert load(project(tmp_path, LEAST), "dev").program == tmp_path / "infra"
    assert load(project(tmp_path, "", "name: x\nruntime: {name: python}"), "dev").program == tmp_path


@pytest.mark.parametrize(
    ("stack", "said"),
    [
        (f"config: {{password: {SECRET}}}", "Pulumi.dev.yaml: shop:tier: missing key; expected how careful"),
        (f"config: {{tier: [a], password: {SECRET}}}", "Pulumi.dev.yaml: shop:tier: wrong type; got [a]; expected text"),
        (f"config: {{tier: a, size: big, password: {SECRET}}}", "Pulumi.dev.yaml: shop:size: wrong type; got 'big'; expected a whole number"),
        (f"config: {{tier: a, on: 1, password: {SECRET}}}", "Pulumi.dev.yaml: shop:on: wrong type; got 1; expected true or false"),
        (f"config: {{tier: a, names: x, password: {SECRET}}}", "Pulumi.dev.yaml: shop:names: wrong type; got 'x'; expected a list, each item text"),
        (f"config: {{tier: a, names: [[1]], password: {SECRET}}}", "Pulumi.dev.yaml: shop:names: wrong type"),
        (f"config: {{tier: a, groups: x, password: {SECRET}}}", "Pulumi.dev.yaml: shop:groups: wrong type; got 'x'; expected a mapping"),
        ("config: {tier: a, password: plain}", "Pulumi.dev.yaml: shop:password: not encrypted; expected a secret"),
        (f"config: {{tier: , password: {SECRET}}}", "Pulumi.dev.yaml: shop:tier: empty; got null; expected how careful"),
        (f"config: {{tier: a, groups: {{since: 2026-01-31}}, password: {SECRET}}}", 'Pulumi.dev.yaml: shop:groups.since: not text; got 2026-01-31; expected text: write it in quotes, "2026-01-31"'),
        (f"config: {{tier: a, password: {SECRET}}}\nshop:size: 4", "Pulumi.dev.yaml: shop:size: outside of 'config'; expected it below 'config:', and further in"),
        (f"conifg: {{tier: a, password: {SECRET}}}", "Pulumi.dev.yaml: conifg: unknown key (did you mean 'config'?); expected one of config, encryptedkey, encryptionsalt, environment, secretsprovider"),
        (f"config: {{shop:tier: a, tier: b, password: {SECRET}}}", "Pulumi.dev.yaml: shop:tier: set twice, as 'tier' too; expected it once"),
        ("config: [1]", "Pulumi.dev.yaml: config: not a mapping; got [1]"),
        ("config: {a: b", "Pulumi.dev.yaml: not YAML at line 1, column"),
        ("a: 1\na: 2", "Pulumi.dev.yaml: lines 1 and 2: a key twice in one mapping; got 'a'; expected it once"),
        ("- 1", "Pulumi.dev.yaml: not a mapping; got [1]; expected keys and values"),
    ],
)  # fmt: skip
def test_a_stack_file_that_cannot_be_used_is_one_line(tmp_path: Path, stack: str, said: str) -> None:
    text = refusal(tmp_path, stack)
    assert said in text
    assert "\n" not in text


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    assert len(refusal(tmp_path, "config: {size: x, names: 1}").splitlines()) == 4


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("runtime: python", "Pulumi.yaml: name: no name of a project; got null; expected text"),
        ("name: x\nruntime: nodejs", "Pulumi.yaml: runtime: no Python project; got 'nodejs'; expected python"),
        ("name: x\nruntime: {name: go}", "Pulumi.yaml: runtime: no Python project; got 'go'"),
        ("[", "Pulumi.yaml: not YAML at line"),
    ],
)
def test_a_project_file_that_cannot_be_used_is_one_line(tmp_path: Path, manifest: str, said: str) -> None:
    assert said in refusal(tmp_path, "config: {}", manifest)


def test_a_type_that_pulumi_does_not_have_is_named_where_it_stands(tmp_path: Path) -> None:
    text = refusal(tmp_path, LEAST, MANIFEST.replace("type: string, description", "type: strng, description"))
    said = "Pulumi.yaml: config.shop:tier.type: no such type; got 'strng'; expected one of array, boolean, integer, object, string"
    assert text == said


def test_a_stack_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    project(tmp_path, LEAST)
    with pytest.raises(InputError, match=r"Pulumi\.prod\.yaml: there is no such file; expected one of the stacks dev"):
        load(tmp_path, "prod")
    assert stacks(tmp_path) == ["dev"]


def test_a_folder_without_a_project_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Pulumi\.yaml: cannot be read: No such file or directory"):
        load(tmp_path, "dev")


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6)
trees = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner))


@given(st.dictionaries(st.sampled_from(["tier", "size", "on", "names", "groups", "x"]), trees))
def test_any_stack_file_gives_a_project_or_clean_lines(tmp_path_factory: pytest.TempPathFactory, values: Any) -> None:
    folder = tmp_path_factory.mktemp("project")
    project(folder, "")
    with (folder / "Pulumi.dev.yaml").open("w") as file:
        YAML(typ="safe", pure=True).dump({"config": values}, file)
    try:
        lines = [*load(folder, "dev").config.values()]
    except InputError as error:
        lines = str(error).splitlines()
        assert all(line.startswith("Pulumi.dev.yaml: ") for line in lines)
    assert all(isinstance(line, str) for line in lines)
