"""What the stand-in providers have made: one JSON file an object, found again by whoever starts next on the folder."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

CLUSTER = "aws:eks/cluster:Cluster"
IDENTITY: dict[str, tuple[str, ...]] = {
    "aws:ec2/route:Route": ("routeTableId", "destinationCidrBlock"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ("subnetId",),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ("vpcId",),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": ("repository",),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": ("repository",),
    "aws:eks/accessEntry:AccessEntry": ("clusterName", "principalArn"),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": ("clusterName", "principalArn", "policyArn"),
    "aws:eks/addon:Addon": ("clusterName", "addonName"),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": ("clusterName", "namespace", "serviceAccount"),
    "aws:iam/rolePolicy:RolePolicy": ("role", "name"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("role", "policyArn"),
}
"""What AWS tells two objects of a type apart by, where that is not the id that Pulumi shows."""
DESCRIBING = {"tags", "tagSpecifications", "labels", "annotations", "matchLabels"}
"""Where a name is only text: nothing depends on an object because a tag says its name."""


class AlreadyExistsError(Exception):
    """There is an object with that name."""


@dataclass(frozen=True)
class Object:
    """Something that a provider made."""

    type: str
    id: str
    urn: str
    seed: str
    """What its computed values are made from: its URN, and which attempt it is at a name that is generated."""
    inputs: dict[str, Any]
    state: dict[str, Any]
    """Its inputs, and what the provider added."""

    @property
    def identity(self) -> tuple[str, ...]:
        """What there can be only one of."""
        keys = IDENTITY.get(self.type)
        return (self.type, *(str(self.state[key]) for key in keys)) if keys else (self.type, self.id)


class Objects:
    """All objects of an AWS account and its clusters. Called from many threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        folder.mkdir(parents=True, exist_ok=True)
        found = [Object(**json.loads(path.read_text(encoding="utf-8"))) for path in folder.glob("*.json")]
        self._objects = {(made.type, made.id): made for made in found}

    def __iter__(self) -> Iterator[Object]:
        with self._lock:
            return iter(list(self._objects.values()))

    def get(self, type_: str, id_: str) -> Object | None:
        """An object, or nothing."""
        with self._lock:
            return self._objects.get((type_, id_))

    def add(self, made: Object) -> None:
        """Keeps a new object; `AlreadyExistsError` where there is one that AWS or Kubernetes could not tell from it."""
        with self._lock:
            if any(other.identity == made.identity for other in self._objects.values()):
                raise AlreadyExistsError(f"already exists: {' '.join(made.identity)}")
            self._keep(made)

    def replace(self, made: Object) -> None:
        """Keeps what an object has become."""
        with self._lock:
            self._keep(made)

    def remove(self, made: Object) -> None:
        """Forgets an object."""
        with self._lock:
            del self._objects[made.type, made.id]
            self._path(made).unlink()

    def users_of(self, wanted: Object) -> list[str]:
        """The URNs of the objects that name this one, or cannot be without it."""
        names = {wanted.id, wanted.state.get("arn", wanted.id)}
        return [other.urn for other in self if other.urn != wanted.urn and _needs(other, wanted, names)]

    def _keep(self, made: Object) -> None:
        """Writes beside and renames: whoever is killed in the middle leaves no half of an object."""
        path = self._path(made)
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(asdict(made)), encoding="utf-8")
        beside.rename(path)
        self._objects[made.type, made.id] = made

    def _path(self, made: Object) -> Path:
        return self._folder / f"{sha256(f'{made.type} {made.id}'.encode()).hexdigest()[:20]}.json"


def _needs(user: Object, wanted: Object, names: set[Any]) -> bool:
    if user.type.partition(":")[0] != wanted.type.partition(":")[0]:
        return wanted.type == CLUSTER
    return bool(names & set(_texts(user.inputs)))


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value that may be the name of something."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key not in DESCRIBING:
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value
