from roadstead.tool.offline.graph import Graph
from roadstead.tool.sandbox.objects import objects, personas


def test_personas_are_those_whom_role_bindings_name(staging: Graph) -> None:
    found = {str(persona): persona.namespaces for persona in personas(staging)}
    assert found["data/viewer"] == ("data", "data-reports")
    assert found["payments/developer"] == ("payments",)
    assert len(found) == 9


def test_objects_are_whole_and_namespaces_come_before_what_is_in_them(staging: Graph) -> None:
    seen: set[str] = set()
    for body in objects(staging):
        assert {"apiVersion", "kind", "metadata"} <= set(body)
        namespace = body["metadata"].get("namespace")
        assert namespace is None or namespace in seen, body
        if body["kind"] == "Namespace":
            seen.add(body["metadata"]["name"])
