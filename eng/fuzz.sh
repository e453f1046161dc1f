#!/usr/bin/env bash
# Fuzzes one target, or each of them, for a time, guided by the branches that the libraries take:
#   eng/fuzz.sh TARGET SECONDS [SEED]
#   eng/fuzz.sh all SECONDS
# The corpus of a target is fuzz/corpus/TARGET; what is found goes to artifacts/fuzz/findings/TARGET. Fails when something is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${1:?TARGET or all} seconds=${2:?SECONDS}
shift 2

# Instrumented copies, so that nothing else ever runs on them.
out=artifacts/fuzz/bin.$$
trap 'rm -rf "$out"' EXIT
dotnet publish fuzz/TPacket.Fuzz -c Release -o "$out" --nologo -v quiet
dotnet "$out/TPacket.Fuzz.dll" instrument

if [ "$target" = all ]; then mapfile -t targets < <(dotnet "$out/TPacket.Fuzz.dll" targets); else targets=("$target"); fi
found=0
for name in "${targets[@]}"; do
  dotnet "$out/TPacket.Fuzz.dll" run "$name" "$seconds" "fuzz/corpus/$name" "artifacts/fuzz/findings/$name" "$@" || found=1
done
exit $found
