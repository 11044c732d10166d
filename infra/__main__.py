"""The Pulumi program: settings, build, export."""

import gc
from pathlib import Path

import pulumi

import settings
from field_manager import name_field_manager
from stack import build

# Until its end a program's memory holds nothing but what it needs; looking for garbage would cost a quarter of its time.
gc.disable()

name_field_manager()
for name, value in build(settings.load(Path(__file__).parent)).items():
    pulumi.export(name, value)
