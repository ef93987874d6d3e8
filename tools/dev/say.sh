# Messages of ./dev, on stderr, so that a command's own output stays clean.

say() { printf 'dev: %s\n' "$*" >&2; }

fail() {
  say "$@"
  exit 1
}

# quietly LOG COMMAND...: shows the command's output only where it fails.
quietly() {
  local log="$1" status=0
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 || status=$?
  if ((status)); then
    tail -n 60 "$log" >&2
    say "failed: $*"
  fi
  return "$status"
}
