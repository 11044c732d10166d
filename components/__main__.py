"""What `pulumi package add` runs: serves the components to programs in any language."""

from importlib.metadata import version

from pulumi.provider.experimental import component_provider_host

from roadstead.hosting import COMPONENTS, describe_inherited_fields

if __name__ == "__main__":
    describe_inherited_fields()
    component_provider_host(COMPONENTS, "roadstead", version=version("roadstead"))
