// The provider's own main, which its module keeps but cannot build: what it embeds is generated beside it.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

// The module's own, copied by tools.mk.
//
//go:embed schema.json
var schema []byte

// Only for programs that are converted from Terraform.
var terraformMapping = []byte("{}")

func main() {
	provider.Serve("kubernetes", version.Version, schema, terraformMapping)
}
