#!/usr/bin/env bash
# Measures the time from the start of the console host to its line "Listening on": the median, the shortest and the longest of some starts,
# for each way to publish it. Only an idle machine gives figures that can be compared.
#   eng/startup.sh [STARTS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
starts=${1:-10}
sample=TPacket.ConsoleHost
out=artifacts/publish

publish() {
  local kind=$1
  shift
  rm -rf "${out:?}/$kind"
  dotnet publish "samples/$sample" -c Release --use-current-runtime --artifacts-path "$out/build" -o "$out/$kind" --nologo -v quiet "$@" >&2
}

# Prints the milliseconds of one start.
start() {
  local before after line pid
  before=$(date +%s%N)
  exec {log}< <(exec "$1" --TPacket:Address=127.0.0.1 --TPacket:Port=0)
  pid=$!
  while read -r line <&"$log"; do
    case $line in *"Listening on "*) break ;; esac
  done
  after=$(date +%s%N)
  kill "$pid"
  cat <&"$log" > /dev/null
  exec {log}<&-
  echo $(((after - before) / 1000000))
}

publish jit --no-self-contained
publish r2r --no-self-contained -p:PublishReadyToRun=true
publish aot -p:PublishAot=true

times=$(mktemp -d)
trap 'rm -rf "$times"' EXIT
# In turns, so that other load of the machine affects all of them.
for ((i = 0; i < starts; i++)); do
  for kind in jit r2r aot; do start "$out/$kind/$sample" >> "$times/$kind"; done
done
for kind in jit r2r aot; do
  sort -n "$times/$kind" | awk -v kind=$kind '{ t[NR] = $1 } END { printf "%s  median %d ms, %d to %d ms, %d starts\n", kind, t[int((NR + 1) / 2)], t[1], t[NR], NR }'
done
