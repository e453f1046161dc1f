#!/usr/bin/env bash
# Fuzzes one target, or each of them, for some seconds, guided by branch coverage:
#   eng/fuzz.sh TARGET SECONDS [SEED]
#   eng/fuzz.sh all SECONDS
# The corpus of a target is fuzz/corpus/TARGET. Findings go to artifacts/fuzz/findings/TARGET. Fails when there is one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${1:?TARGET or all} seconds=${2:?SECONDS}
shift 2

# The instrumented assemblies are copies, which no other program uses.
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
