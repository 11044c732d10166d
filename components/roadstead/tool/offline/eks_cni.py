"""How the component `eks:index:Cluster` (pulumi-eks 4.4.0) configures the VPC CNI, as its source says: addons/cni-addon.ts."""

import json
from collections.abc import Mapping
from typing import Any

from roadstead.tool.offline.graph import Unknown

_ALWAYS = {
    "WARM_ENI_TARGET": ("warmEniTarget", "1"),
    "AWS_VPC_K8S_CNI_LOGLEVEL": ("logLevel", "DEBUG"),
    "AWS_VPC_K8S_CNI_LOG_FILE": ("logFile", "/host/var/log/aws-routed-eni/ipamd.log"),
    "AWS_VPC_K8S_CNI_VETHPREFIX": ("vethPrefix", "eni"),
    "AWS_VPC_ENI_MTU": ("eniMtu", "9001"),
    "AWS_VPC_K8S_PLUGIN_LOG_LEVEL": ("pluginLogLevel", "DEBUG"),
    "AWS_VPC_K8S_PLUGIN_LOG_FILE": ("pluginLogFile", "/var/log/aws-routed-eni/plugin.log"),
    "ENABLE_POD_ENI": ("enablePodEni", "false"),
    # `customNetworkConfig` would set the same variable, and never does: this one comes later.
    "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": ("cniCustomNetworkCfg", "false"),
    "AWS_VPC_K8S_CNI_EXTERNALSNAT": ("externalSnat", "false"),
}
"""Variables that are always there, each with its option and its value without."""
_WHERE_GIVEN = {
    "AWS_VPC_CNI_NODE_PORT_SUPPORT": "nodePortSupport",
    "WARM_IP_TARGET": "warmIpTarget",
    "WARM_PREFIX_TARGET": "warmPrefixTarget",
    "ENABLE_PREFIX_DELEGATION": "enablePrefixDelegation",
    "ENI_CONFIG_LABEL_DEF": "eniConfigLabelDef",
    "AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER": "cniConfigureRpfilter",
}
"""Variables that are there where their option is given and neither false, zero nor empty."""


def configuration(options: Mapping[str, Any]) -> dict[str, Any] | Unknown:
    """The add-on's configuration: options become variables, and what `configurationValues` says wins over them."""
    own = options.get("configurationValues") or {}
    if isinstance(own, Unknown) or any(isinstance(value, Unknown) for value in options.values()):
        return Unknown()
    values = dict(own)
    if "enableNetworkPolicy" in options:
        values.setdefault("enableNetworkPolicy", _text(options["enableNetworkPolicy"]))
    init = values.get("init")
    early = {"DISABLE_TCP_EARLY_DEMUX": _text(options.get("disableTcpEarlyDemux") or False)}
    # An `init` that has something else as its environment keeps that.
    given = init.get("env", {}) if isinstance(init, Mapping) else {}
    variables = {**early, **given} if isinstance(given, Mapping) else given
    values["env"] = {**_environment(options), **(values["env"] if isinstance(values.get("env"), Mapping) else {})}
    values["init"] = {**(init if isinstance(init, Mapping) else {}), "env": variables}
    return values


def privileged_patch(privileged: bool) -> dict[str, Any]:
    """What the add-on cannot be told: the context of its container."""
    context = {"name": "aws-node", "securityContext": {"privileged": privileged}}
    annotations = {"pulumi.com/patchForce": "true"}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "aws-node", "namespace": "kube-system", "annotations": annotations},
        "spec": {"template": {"spec": {"containers": [context]}}},
    }


def refusal(options: Mapping[str, Any]) -> str:
    """What the plugin says to options that exclude each other."""
    both = options.get("cniExternalSnat") and options.get("externalSnat")
    return "Please specify one of `cniExternalSnat` or `externalSnat` in your VpcCniOptions" if both else ""


def _environment(options: Mapping[str, Any]) -> dict[str, str]:
    given = {**options, "externalSnat": options.get("externalSnat") or options.get("cniExternalSnat")}
    always = {name: _text(given.get(key) or default) for name, (key, default) in _ALWAYS.items()}
    if given.get("warmEniTarget") == 0:
        always["WARM_ENI_TARGET"] = "0"
    return always | {name: _text(given[key]) for name, key in _WHERE_GIVEN.items() if given.get(key)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
