# Debian packages by purpose, from tools/packages.txt.

# packages_of GROUP...: the names, one a line.
packages_of() {
  local group
  for group in "$@"; do
    awk -v group="[$group]" '{sub(/#.*/, "")} /^\[/ {inside = $1 == group; next} inside && NF {print $1}' \
      "$ROOT/tools/packages.txt"
  done
}

# missing_packages GROUP...: those that are not installed. Any node with npm does for the page, not only Debian's.
missing_packages() {
  local group groups=() names
  for group in "$@"; do
    if [[ "$group" == page ]] && command -v node >/dev/null && command -v npm >/dev/null; then continue; fi
    groups+=("$group")
  done
  if ((${#groups[@]} == 0)); then return; fi
  mapfile -t names < <(packages_of "${groups[@]}")
  # dpkg-query names what it does not know on stderr and answers for the rest.
  { dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${names[@]}" 2>/dev/null || true; } |
    awk -v names="${names[*]}" '
      $1 == "installed" {here[$2] = 1}
      END {count = split(names, all, " "); for (i = 1; i <= count; i++) if (!(all[i] in here)) print all[i]}'
}

# install_packages NAME...: with apt-get, as root or through sudo; never removes a package.
install_packages() {
  local apt="DEBIAN_FRONTEND=noninteractive apt-get" as_root=() log="$ROOT/build/packages.log"
  if ! command -v apt-get >/dev/null; then
    say "this needs Debian 12's packages, and there is no apt-get here: $*"
    return 1
  fi
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      say "packages are missing, and this is neither root nor is there sudo. Run as root: apt-get install --no-install-recommends $*"
      return 1
    fi
    as_root=(sudo)
  fi
  local old_boost
  old_boost="$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 'libboost1.[0-9]*-dev' 2>/dev/null |
    awk '$1 == "installed" && $2 ~ /^libboost1\.[0-9]+-dev$/ {print $2}')" || true
  if [[ " $* " == *" libboost1.81-dev "* && -n "$old_boost" ]]; then
    say "Debian lets only one version of Boost's headers be installed, and $old_boost is. Where nothing else needs it:"
    say "apt-get remove $old_boost"
    return 1
  fi
  say "installing $# Debian packages: $*"
  quietly "$log" "${as_root[@]}" sh -c "$apt update -q" || say "going on with the package lists that are here"
  if ! quietly "$log" "${as_root[@]}" sh -c \
    "$apt install -y -q --no-install-recommends --no-remove -o Dpkg::Use-Pty=0 \"\$@\"" install "$@"; then
    say "the packages could not be installed; ./dev is made for Debian 12 (bookworm) with a network (log: $log)"
    return 1
  fi
}

# need_packages GROUP...: all of them, or the end.
need_packages() {
  if [[ -n "${TENOR_SKIP_PACKAGES:-}" ]]; then return; fi
  if ! command -v dpkg-query >/dev/null; then
    fail "./dev is made for Debian 12; with the packages of tools/packages.txt at hand run TENOR_SKIP_PACKAGES=1 ./dev"
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then return; fi
  install_packages "${missing[@]}" || exit 1
}

# want_packages GROUP WITHOUT: tries, and goes on without them.
want_packages() {
  if [[ -n "${TENOR_SKIP_PACKAGES:-}" ]]; then return; fi
  local missing
  mapfile -t missing < <(missing_packages "$1")
  if ((${#missing[@]} == 0)); then return; fi
  install_packages "${missing[@]}" || say "$2"
}
