#!/usr/bin/env bash
# run.sh TENOR [SCRIPT ARGUMENTS...]: serves the page with the given program on a free port and drives it in headless
# Chromium, by page.mjs or another script of this folder; SERVE_FLAGS are flags for `tenor serve`, --model DIR above all.
# Says why and exits 77 (skipped) where Chromium, the default models or the npm packages cannot be had.
#   tests/page/run.sh build/release/src/apps/tenor/tenor
#   tests/page/run.sh build/release/src/apps/tenor/tenor page.mjs checkLive checkAdmin      these parts alone
#   tests/page/run.sh build/release/src/apps/tenor/tenor screenshots.mjs docs/images
set -euo pipefail
tenor=$1
script=${2:-page.mjs}
shift $(($# < 2 ? $# : 2))
here=$(cd "$(dirname "$0")" && pwd)
read -ra flags <<<"${SERVE_FLAGS:-}"
skip() { echo "SKIPPED: $1"; exit 77; }

command -v chromium >/dev/null || skip "no chromium; apt-get install chromium"
"$tenor" models >/dev/null 2>&1 || skip "this build has no default models"
if [ ! -d "$here/node_modules" ]; then
  (cd "$here" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || skip "npm could not install playwright-core"
fi

log=$(mktemp)
"$tenor" serve "${flags[@]}" --port 0 >"$log" 2>&1 &
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
curl -fs "$url/" 2>/dev/null | grep -q '<script' || skip "this build has no page (npm was missing)"
TENOR=$(realpath "$tenor") node "$here/$script" "$url" "$@"
