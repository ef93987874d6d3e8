# Configuring and building the presets of CMakePresets.json in build/PRESET.

# How many compilers at a time: one a core, and about 1 GiB of memory for each.
jobs_at_once() {
  local gigabytes
  gigabytes="$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo)"
  local jobs
  jobs="$(nproc)"
  if ((gigabytes < jobs)); then jobs="$gigabytes"; fi
  echo $((jobs > 0 ? jobs : 1))
}

# configure PRESET [-D...]
configure() {
  local preset="$1"
  say "configuring build/$preset"
  quietly "$ROOT/build/$preset.configure.log" cmake -S "$ROOT" --preset "$preset" "${@:2}"
}

# configure_with PRESET [OPTION...]: configured, and with these options on.
configure_with() {
  local preset="$1" option settings=()
  for option in "${@:2}"; do
    if ! grep -qs "^$option:BOOL=ON$" "$ROOT/build/$preset/CMakeCache.txt"; then settings+=("-D$option=ON"); fi
  done
  if [[ ! -f "$ROOT/build/$preset/build.ninja" ]] || ((${#settings[@]})); then configure "$preset" "${settings[@]}"; fi
}

# build PRESET [TARGET...]: silent where nothing is to be done.
build() {
  local preset="$1" status=0
  # Where ccache is there, checkouts in other folders find what this one compiled.
  export CCACHE_BASEDIR="${CCACHE_BASEDIR:-$ROOT}" CCACHE_NOHASHDIR="${CCACHE_NOHASHDIR:-1}"
  NINJA_STATUS="[%f/%t] " ninja -C "$ROOT/build/$preset" -j "$(jobs_at_once)" "${@:2}" 2>&1 |
    show_progress "building build/$preset" || status=$?
  # Offline, a notice takes the page's place: the next build tries again.
  if [[ -f "$ROOT/build/$preset/src/http/page/index.html" ]] &&
    cmp -s "$ROOT/src/http/page_missing/index.html" "$ROOT/build/$preset/src/http/page/index.html"; then
    rm "$ROOT/build/$preset/src/http/page/index.html"
  fi
  return "$status"
}

# Ninja's output on stdin: a line that changes on a terminal, one a minute elsewhere, and all that compilers say.
show_progress() {
  local heading="$1" line said="" minute=$((SECONDS / 60)) terminal=""
  if [[ -t 2 ]]; then terminal=1; fi
  while IFS= read -r line; do
    case "$line" in
      "[0/"*"globbed directories"* | "ninja: no work to do." | "ninja: Entering directory"* | "-- "*) ;;
      "["*/*"] "*)
        if [[ -z "$said" ]]; then say "$heading" && said=1; fi
        if [[ -n "$terminal" ]]; then
          printf '\r\033[K%.*s' "$((${COLUMNS:-80} - 1))" "$line" >&2
        elif ((SECONDS / 60 > minute)); then
          minute=$((SECONDS / 60))
          say "$heading ${line%%]*}]"
        fi
        ;;
      *) printf '%s%s\n' "${terminal:+$'\r\033[K'}" "$line" >&2 ;;
    esac
  done
  if [[ -n "$terminal" && -n "$said" ]]; then printf '\r\033[K' >&2; fi
}
