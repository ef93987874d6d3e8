#!/usr/bin/env bash
# run.sh TENOR: serves the default models with the given program on a free port of this machine, and lets real clients of
# other APIs ask it: *.test.mjs of this folder. Says why and exits 77 (skipped) where the models or the npm packages cannot
# be had.
#   tests/compat/run.sh build/release/src/apps/tenor/tenor
set -euo pipefail
tenor=$1
here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "SKIPPED: $1"; exit 77; }

for program in node npm; do command -v $program >/dev/null || skip "no $program; install Node 18.20 or newer"; done
"$tenor" models >/dev/null 2>&1 || skip "this build has no default models"
if [ ! -d "$here/node_modules" ]; then
  (cd "$here" && npm ci --prefer-offline --ignore-scripts --no-audit --no-fund --loglevel=error) ||
    skip "npm could not install what package.json names"
fi

log=$(mktemp)
"$tenor" serve --port 0 >"$log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -f "$log"' EXIT
url=
for _ in $(seq 200); do
  url=$(grep -o 'http://[0-9.]*:[0-9]*' "$log" | head -n 1 || true)
  [ -n "$url" ] && break
  kill -0 $server 2>/dev/null || { cat "$log"; exit 1; }
  sleep 0.1
done
[ -n "$url" ] || { echo "the server did not say where it listens:"; cat "$log"; exit 1; }
cd "$here"
TENOR_URL=$url node --test
