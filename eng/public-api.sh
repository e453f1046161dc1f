#!/usr/bin/env bash
# Rewrites PublicAPI.Unshipped.txt of every library, or of the named ones, from the compiler's warnings:
#   eng/public-api.sh [TPacket.Protocol ...]
# PublicAPI.Shipped.txt stays as it is; members that were removed since a release are written as *REMOVED*.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C

if [ $# -gt 0 ]; then libraries=("$@"); else libraries=(src/*/); fi

messages=$(mktemp)
trap 'rm -f "$messages"' EXIT

for library in "${libraries[@]}"; do
  name=$(basename "$library")
  file=src/$name/PublicAPI.Unshipped.txt
  before=$(cat "$file")
  echo '#nullable enable' > "$file"
  if ! dotnet build "src/$name" --no-incremental --nologo -p:TreatWarningsAsErrors=false > "$messages"; then
    echo "$before" > "$file"
    cat "$messages" >&2
    echo "$name does not compile; its file is as it was." >&2
    exit 1
  fi

  # The build includes dependencies: only the messages of this project count.
  { grep "$name.csproj\]" "$messages" || true; } | sed -n \
    -e "s/.* RS0016: Symbol '\(.*\)' is not part of the declared public API.*/\1/p" \
    -e "s/.* RS0017: Symbol '\(.*\)' is part of the declared API, but .*/*REMOVED*\1/p" \
    | sort -u >> "$file"
  echo "$name: $(($(wc -l < "$file") - 1)) lines"
done
