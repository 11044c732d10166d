"""The recording engine: runs any Pulumi Python program in this process and returns the graph of what it declares.

No CLI, no plugin, no credential and no network: the program speaks to a monitor of our own through the SDK's interface.
"""
