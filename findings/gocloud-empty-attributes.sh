#!/bin/sh
# A file that gocloud's fileblob keeps beside a blob takes the blob along when it is empty, and nothing when it is missing.
#
# Guess:      the attributes beside a blob (content type, MD5) are extra: without any that can be read the blob is read as one without.
# Behaviour:  that is so where the file `<blob>.attrs` is missing. Where it is there and empty, as after a process that was killed between
#             making it and filling it, every read ends with EOF, though the blob itself is whole: it is renamed into place, its attributes
#             are not. So a Pulumi state in a folder says "failed to load checkpoint: EOF" until that empty file is deleted.
#
# Exits with 1 when this is no longer so. Needs Go 1.25 or later and its module proxy.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export GOMODCACHE="$folder/modules" GOFLAGS=-modcacherw
mkdir "$folder/try"
cd "$folder/try"
cat > main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gocloud.dev/blob/fileblob"
)

func main() {
	ctx, folder := context.Background(), os.Args[1]
	bucket, err := fileblob.OpenBucket(folder, nil)
	if err != nil {
		panic(err)
	}
	defer bucket.Close()
	if err := bucket.WriteAll(ctx, "state.json", []byte("{}"), nil); err != nil {
		panic(err)
	}
	beside := filepath.Join(folder, "state.json.attrs")
	_, asWritten := bucket.ReadAll(ctx, "state.json")
	if err := os.Truncate(beside, 0); err != nil {
		panic(err)
	}
	_, empty := bucket.ReadAll(ctx, "state.json")
	if err := os.Remove(beside); err != nil {
		panic(err)
	}
	content, missing := bucket.ReadAll(ctx, "state.json")
	fmt.Println("guess: read in all three cases")
	fmt.Println("with its attributes:", asWritten)
	fmt.Println("with empty ones:    ", empty)
	fmt.Println("without any:        ", missing, string(content))
	if asWritten != nil || missing != nil || empty == nil {
		fmt.Println("behaviour: it has changed")
		os.Exit(1)
	}
	fmt.Println("behaviour: empty attributes are worse than none")
}
GO
mkdir bucket
go mod init finding > /dev/null 2>&1
go get gocloud.dev@v0.45.0 > /dev/null 2>&1
go mod tidy > /dev/null 2>&1
echo "gocloud.dev $(go list -m -f '{{.Version}}' gocloud.dev)"
go run . bucket
