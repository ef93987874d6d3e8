# shellcheck shell=bash
# What the benchmarks share: finding programs and data, cached fastText models, medians. To be sourced by bash.
set -euo pipefail
export LC_ALL=C.UTF-8

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${TENOR_BUILD:-$root/build/release}
data=${TENOR_DATA:-$root/../shared/data}
cache=${TENOR_BENCH_CACHE:-$root/build/bench}
tenor=$build/src/apps/tenor/tenor

# missing WHAT HOW: something has to be installed, built or fetched first.
missing() {
  echo "${0##*/}: expected $1; found none. $2" >&2
  exit 2
}
usage_error() {
  echo "${0##*/}: $1 (see ${0##*/} --help)" >&2
  exit 2
}
note() { echo "${0##*/}: $*" >&2; }

# The comment at the head of the script is its help.
print_help() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
  exit 0
}

need_debian() { # PROGRAM PACKAGE
  command -v "$1" >/dev/null || missing "the program $1" "Install it with: apt-get install $2"
}
need_built() {
  local program
  for program in "$tenor" "$@"; do
    [ -x "$program" ] || missing "$program" \
      "Build it with: cmake --preset release && cmake --build --preset release (or set TENOR_BUILD to a build folder)"
  done
}
need_data() {
  local file
  for file in "$@"; do
    [ -r "$data/$file" ] || missing "$data/$file" "Give the folder of the curated data with --data DIR"
  done
}
helper() { echo "$build/bench/tenor_bench_$1"; }

# fasttext_model INPUT SETTINGS...: trains once for these rows and settings, in one thread and with a fixed seed (the
# same model on every run), as politely as possible. Sets `model` to its path without .bin.
fasttext_model() {
  local input=$1
  shift
  local key
  key=$( (sha256sum <"$input"; echo "$@") | sha256sum | cut -c 1-16)
  model=$cache/fasttext/$key
  [ -s "$model.bin" ] && return
  note "training fastText $* (kept in ${cache#"$root"/})"
  mkdir -p "$cache/fasttext"
  nice -n 5 fasttext supervised -input "$input" -output "$model.part.$$" "$@" -thread 1 -seed 1 -verbose 0 >&2
  rm -f "$model.part.$$.vec"
  mv "$model.part.$$.bin" "$model.bin"
}

# start_tenor LOG FLAG...: `tenor serve` at any free port, on the processors $cores. Sets server and port.
start_tenor() {
  : >"$1"
  taskset -c "$cores" "$tenor" serve --port 0 "${@:2}" >"$1" 2>&1 &
  server=$!
  local i
  for ((i = 0; i < 200; ++i)); do
    port=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$1" | head -1 | grep -oE '[0-9]+$' || true)
    [ -z "$port" ] || return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.05
  done
  kill "$server" 2>/dev/null || true
  cat "$1" >&2
  note "tenor serve did not start"
  exit 1
}
json_number() { sed -E "s/.*\"$1\":([0-9.]+).*/\1/"; } # NAME: of the object on standard input
resident_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; } # PROCESS

# Standard input: one number a line.
median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
compute() { awk "BEGIN { printf \"$1\", ($2) }"; } # FORMAT EXPRESSION

# The lines of a file of JSON objects as one array.
json_array() {
  printf '['
  paste -sd, "$1" | tr -d '\n'
  printf ']'
}

machine() {
  local model
  model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)
  echo "$(nproc) x ${model:-unknown processor}, load $(cut -d' ' -f1 /proc/loadavg)"
}
