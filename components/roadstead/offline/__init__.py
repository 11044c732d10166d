"""The recording engine: runs any Pulumi Python program in this process and returns the graph of what it declares.

No CLI, no plugin, no credential and no network: the program speaks to a monitor of our own through the SDK's interface.
"""

from roadstead.offline.errors import OfflineError, ProgramError, ProjectError
from roadstead.offline.graph import SECRET, UNKNOWN, Graph, Message, Resource
from roadstead.offline.render import render

__all__ = [
    "SECRET",
    "UNKNOWN",
    "Graph",
    "Message",
    "OfflineError",
    "ProgramError",
    "ProjectError",
    "Resource",
    "render",
]
