#!/usr/bin/env bash
# check_files.sh TENOR: each program reads its own file of deploy/: promtool, haproxy, systemd-analyze. Exits 77 (skipped) where
# none of them is there.
set -euo pipefail
tenor=$1
cd "$(dirname "$0")/../.."
checked=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if command -v promtool >/dev/null; then
  promtool check config deploy/prometheus.yml
  promtool check rules deploy/rules/*.yml
  promtool test rules tests/deploy/alerts_test.yml
  checked=1
fi
if command -v haproxy >/dev/null; then
  haproxy -c -f deploy/haproxy.cfg
  checked=1
fi
if command -v systemd-analyze >/dev/null; then
  # With the program that was built, which is where the unit does not expect it; the user need not be there.
  sed "s#/usr/local/bin/tenor#$tenor#" deploy/tenor.service >"$folder/tenor.service"
  complaints=$(systemd-analyze verify "$folder/tenor.service" 2>&1 | grep "tenor.service" || true)
  [ -z "$complaints" ] || { echo "$complaints"; exit 1; }
  checked=1
fi
# What the unit starts must be flags that the program has.
for flag in $(grep '^ExecStart=' deploy/tenor.service | grep -o -- '--[a-z-]*' | sort -u); do
  "$tenor" serve --help | grep -q -- "$flag" || { echo "deploy/tenor.service uses $flag, which tenor serve does not know"; exit 1; }
done
# The image must hold the packages of every library that the program is linked to, and no others.
if command -v dpkg-query >/dev/null && command -v ldd >/dev/null; then
  ldd "$tenor" | awk '$2 == "=>" {print $3}' | while read -r library; do
    # Debian files some under /usr/lib and links /lib to it.
    dpkg-query -S "$library" 2>/dev/null || dpkg-query -S "/usr$library" 2>/dev/null || dpkg-query -S "$(realpath "$library")"
  done | cut -d: -f1 | grep -v -x -e 'libc6' -e 'libstdc++6' -e 'libgcc-s1' | sort -u >"$folder/linked"
  sed -n '/--no-install-recommends/,/&&/p' deploy/Dockerfile | sed '1d;$d' | tr -d ' \\' | sort -u >"$folder/image"
  diff -u "$folder/image" "$folder/linked" || { echo "deploy/Dockerfile installs other packages than the program needs"; exit 1; }
fi
((checked)) || { echo "SKIPPED: neither promtool nor haproxy nor systemd-analyze is here"; exit 77; }
