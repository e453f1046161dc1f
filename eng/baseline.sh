#!/usr/bin/env bash
# Packs an earlier version of the libraries into artifacts/baseline. While that folder exists, `dotnet pack` compares each
# library with its package there, and fails on a breaking change that CompatibilitySuppressions.xml does not list:
#   bash eng/baseline.sh              the last version with a tag (v0.2.0, ...)
#   bash eng/baseline.sh REVISION     any revision of this repository
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Before this commit: a release is compared with the version before it.
revision=${1:-$(git describe --tags --abbrev=0 --match 'v[0-9]*' HEAD^)}
tree=$(mktemp -d)
trap 'git worktree remove --force "$tree" 2> /dev/null || rm -rf "$tree"' EXIT
git worktree add --detach --quiet "$tree" "$revision"

for library in "$tree"/src/*/; do
  dotnet pack "$library" -c Release -p:PackageOutputPath="$tree/packed"
done

rm -rf artifacts/baseline
mkdir -p artifacts/baseline
for package in "$tree"/packed/*.nupkg; do
  name=$(basename "$package")
  cp "$package" "artifacts/baseline/${name%%.[0-9]*}.nupkg"
done

# MSBuild skips the validation of a package that has not changed since the last one.
[ ! -d artifacts/obj ] || find artifacts/obj -name 'Microsoft.NET.ApiCompat.ValidatePackage.semaphore' -delete
