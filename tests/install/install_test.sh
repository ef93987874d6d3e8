#!/usr/bin/env bash
# Usage: install_test.sh CMAKE BUILD_FOLDER SOURCE_FOLDER
# Installs into an empty prefix and runs the programs from there, with nothing but the system around them.
set -euo pipefail
cmake="$1"
build="$2"
source="$3"
prefix="$(mktemp -d)"
trap 'rm -rf "$prefix"' EXIT

fail() {
  echo "install_test: $*" >&2
  exit 1
}

"$cmake" --install "$build" --prefix "$prefix" >"$prefix/install.log" || fail "$(cat "$prefix/install.log")"
cd /
installed() { env -i PATH=/usr/bin:/bin LANG=C.UTF-8 HOME="$prefix" "$prefix/bin/$@"; }

for program in tenor tenor-train; do
  version="$(installed "$program" --version)" || fail "$program --version failed"
  [[ "$version" == *[0-9].[0-9].[0-9]* ]] || fail "$program --version printed: $version"
  # A path into the build folder would work today and break when that folder is gone.
  if readelf -d "$prefix/bin/$program" | grep -E 'RPATH|RUNPATH'; then fail "$program looks for libraries elsewhere"; fi
done
[[ -f "$prefix/share/tenor/configs/linear-zh.yaml" ]] || fail "configs/linear-zh.yaml was not installed"
[[ -f "$prefix/share/doc/tenor/bundle-format.md" ]] || fail "docs/bundle-format.md was not installed"

if compgen -G "$source/models/*/manifest.json" >/dev/null; then
  answer="$(installed tenor predict --format json "很好吃")" || fail "tenor predict failed"
  [[ "$answer" == *'"positive"'* ]] || fail "tenor predict answered: $answer"
  installed tenor predict "很好吃"
else
  echo "no models in $source/models: prediction was not tried"
fi
