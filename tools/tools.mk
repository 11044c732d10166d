# The programs that the sandbox and the cluster tests run, each built from the module versions that tools/*/go.sum pins.
# Go's own cache does the work: the API server takes minutes the first time, seconds after that.

BIN := .tools/bin
STAGES := .tools/share/kwok
STAGE_FILES := node/fast/node-initialize.yaml node/heartbeat/node-heartbeat.yaml \
	pod/fast/pod-ready.yaml pod/fast/pod-complete.yaml pod/fast/pod-delete.yaml
CONTROL_PLANE := kube-apiserver kube-controller-manager kube-scheduler kubectl
SANDBOX_TOOLS := $(CONTROL_PLANE:%=$(BIN)/%) $(BIN)/etcd $(BIN)/kwok $(STAGES)/stages.yaml

# Kubernetes takes its version from the linker, and clients refuse an API server without one.
KUBERNETES_VERSION = $(shell awk '$$1 == "k8s.io/kubernetes" {print $$2}' tools/kubernetes/go.mod)
KUBERNETES_STAMP = $(foreach package,k8s.io/component-base/version k8s.io/client-go/pkg/version,\
	-X $(package).gitVersion=$(KUBERNETES_VERSION) -X $(package).gitTreeState=clean \
	-X $(package).gitMajor=$(word 1,$(subst ., ,$(KUBERNETES_VERSION:v%=%))) \
	-X $(package).gitMinor=$(word 2,$(subst ., ,$(KUBERNETES_VERSION))))

WITHOUT_GO := is built with Go, and there is no go on PATH: install Go 1.26 or later, https://go.dev/doc/install
GO_BUILD = @command -v go > /dev/null || { echo "$@ $(WITHOUT_GO)" >&2; exit 1; }; echo "building $@" && mkdir -p $(@D) && go build -C $(dir $<) -trimpath -buildvcs=false \
	-ldflags "-s -w $(STAMP)" -o $(CURDIR)/$@ $(PACKAGE)

$(CONTROL_PLANE:%=$(BIN)/%): STAMP = $(KUBERNETES_STAMP)
$(CONTROL_PLANE:%=$(BIN)/%): PACKAGE = k8s.io/kubernetes/cmd/$(@F)
$(CONTROL_PLANE:%=$(BIN)/%): tools/kubernetes/go.sum
	$(GO_BUILD)

$(BIN)/etcd: PACKAGE = go.etcd.io/etcd/server/v3
$(BIN)/kwok: PACKAGE = sigs.k8s.io/kwok/cmd/kwok
$(BIN)/sops: PACKAGE = github.com/getsops/sops/v3/cmd/sops
$(BIN)/kustomize: PACKAGE = sigs.k8s.io/kustomize/kustomize/v5
$(BIN)/helm: PACKAGE = helm.sh/helm/v3/cmd/helm
$(BIN)/etcd $(BIN)/kwok $(BIN)/sops $(BIN)/kustomize $(BIN)/helm: $(BIN)/%: tools/%/go.sum
	$(GO_BUILD)

# The engine and its hosts for Python, which its module has not, and YAML. They lie apart from the other programs: where the official CLI is
# on PATH it is used, with the hosts that it brings.
ENGINE_BIN := .tools/engine
ENGINE := $(ENGINE_BIN)/pulumi $(ENGINE_BIN)/pulumi-language-python $(ENGINE_BIN)/pulumi-language-yaml
PULUMI_VERSION = $(shell awk '$$1 == "github.com/pulumi/pulumi/sdk/v3" {print $$2}' tools/pulumi/go.mod)
YAML_VERSION = $(shell awk '$$1 == "github.com/pulumi/pulumi-yaml" {print $$2}' tools/pulumi-yaml/go.mod)

$(ENGINE_BIN)/pulumi: STAMP = -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$(PULUMI_VERSION)
$(ENGINE_BIN)/pulumi: PACKAGE = github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
$(ENGINE_BIN)/pulumi: tools/pulumi/go.sum
	$(GO_BUILD)

$(ENGINE_BIN)/pulumi-language-yaml: STAMP = -X github.com/pulumi/pulumi-yaml/pkg/version.Version=$(YAML_VERSION)
$(ENGINE_BIN)/pulumi-language-yaml: PACKAGE = github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml
$(ENGINE_BIN)/pulumi-language-yaml: tools/pulumi-yaml/go.sum
	$(GO_BUILD)

$(ENGINE_BIN)/pulumi-language-python: tools/pulumi/go.sum tools/pulumi/language_host.py
	@mkdir -p $(@D)
	@install -m 644 "$$(go -C tools/pulumi list -m -f '{{.Dir}}' github.com/pulumi/pulumi/sdk/v3)/python/cmd/pulumi-language-python-exec" $@-exec
	@printf '#!/bin/sh\nexec "%s" "%s" "%s" "$$@"\n' $(CURDIR)/$(RUN) $(CURDIR)/tools/pulumi/language_host.py $(CURDIR)/$@-exec > $@
	@chmod +x $@

# The real Kubernetes provider, the newest that is a module; it says the version of the SDK that it was released with.
PROVIDER := $(BIN)/pulumi-resource-kubernetes
PROVIDER_VERSION = $(shell awk '$$1 == "github.com/pulumi/pulumi-kubernetes/sdk/v4" {print substr($$2, 2)}' tools/pulumi-kubernetes/go.mod)

$(PROVIDER): STAMP = -X github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=$(PROVIDER_VERSION)
$(PROVIDER): PACKAGE = .
$(PROVIDER): tools/pulumi-kubernetes/go.sum tools/pulumi-kubernetes/main.go tools/pulumi-kubernetes/schema.json
	$(GO_BUILD)

tools/pulumi-kubernetes/schema.json: tools/pulumi-kubernetes/go.sum
	@install -m 644 "$$(go -C $(@D) list -m -f '{{.Dir}}' github.com/pulumi/pulumi-kubernetes/provider/v4)/cmd/pulumi-resource-kubernetes/schema.json" $@

# What kwok makes of nodes and pods it reads from files, and those are not in its program.
$(STAGES)/stages.yaml: tools/kwok/go.sum
	@mkdir -p $(STAGES)
	@cd "$$(go -C tools/kwok list -m -f '{{.Dir}}' sigs.k8s.io/kwok)/kustomize/stage" && \
		for file in $(STAGE_FILES); do cat "$$file"; echo ---; done > $(CURDIR)/$@

.PHONY: tools tools-engine
tools: $(SANDBOX_TOOLS) $(BIN)/sops $(BIN)/kustomize $(BIN)/helm ## build with Go: the sandbox's programs, sops, kustomize, helm

OFFICIAL := $(shell command -v pulumi)
tools-engine: $(PROVIDER) $(if $(OFFICIAL),,$(ENGINE)) ## build with Go: the real Kubernetes provider, and a Pulumi CLI where none is on PATH
