# Tests and checks: what runs, in which order, and how it is counted.

# Test programs with threads of their own: what ThreadSanitizer can say something about.
readonly THREADED_TESTS=(base_test experts_test engine_test metrics_test serving_test http_test cli_test nvml_test
  http_server_test cli_end_to_end_test)
readonly COUNTS="$ROOT/build/test-counts.txt"  # a line for each part: passed failed

# step TITLE COMMAND...: with a heading and its duration; a failing step ends it all.
step() {
  local title="$1" begin="$SECONDS" status=0
  shift
  printf '\n== %s\n' "$title"
  set +e
  (set -e && "$@")
  status=$?
  set -e
  if ((status)); then
    printf '== %s: FAILED after %d s\n' "$title" "$((SECONDS - begin))"
    if ! awk '$2 > 0 {found = 1} END {exit !found}' "$COUNTS"; then echo "0 1" >>"$COUNTS"; fi
    closing_line
    exit 1
  fi
  printf '== %s: done in %d s\n' "$title" "$((SECONDS - begin))"
}

closing_line() {
  awk '{passed += $1; failed += $2} END {printf "\n%d passed, %d failed\n", passed, failed}' "$COUNTS"
}

# count_tests BUILD: adds up what GoogleTest reports in CTest's log; a test of another kind counts as one.
count_tests() {
  awk '
    /^[0-9]+\/[0-9]+ Test: / {googletest = 0}
    /^\[  PASSED  \] [0-9]+ test/ {passed += $4; googletest = 1}
    /^\[  FAILED  \] [0-9]+ test/ {failed += $4; googletest = 1}
    /^Test Passed\.$/ && !googletest {passed++}
    /^Test Failed\.$/ && !googletest {failed++}
    END {print passed + 0, failed + 0}' "$1/Testing/Temporary/LastTest.log" >>"$COUNTS"
}

# run_ctest PRESET [ARGS]
run_ctest() {
  local folder="$ROOT/build/$1" status=0
  export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_stack_use_after_return=1}"
  export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
  export TSAN_OPTIONS="${TSAN_OPTIONS:-second_deadlock_stack=1}"
  local same_addresses=()  # g++ 12's ThreadSanitizer does not know the widest address randomisation of new kernels
  if [[ "$1" == tsan ]] && setarch "$(uname -m)" -R true 2>/dev/null; then same_addresses=(setarch "$(uname -m)" -R); fi
  "${same_addresses[@]}" ctest --test-dir "$folder" -j "$(nproc)" --output-on-failure --no-tests=error --timeout 900 \
    "${@:2}" || status=$?
  count_tests "$folder"
  return "$status"
}

check_sources() {
  local check
  for check in includes using text format; do
    "$ROOT/tools/check_$check"
    echo "check_$check: nothing found"
    echo "1 0" >>"$COUNTS"
  done
}

check_tidy() {
  configure_with clang
  "$ROOT/tools/check_alone" "$ROOT/build/clang"
  configure_with tidy
  "$ROOT/tools/check_tidy" "$ROOT/build/tidy"
  echo "2 0" >>"$COUNTS"
}

test_release() {
  configure_with release TENOR_BUILD_TESTS
  build release
  run_ctest release "$@"
}

test_asan() {
  configure_with asan
  build asan
  run_ctest asan -E "_parity\$"  # thousands of lines that release has read
}

test_tsan() {
  configure_with tsan
  build tsan "${THREADED_TESTS[@]}"
  local pattern
  pattern="$(IFS='|' && echo "${THREADED_TESTS[*]}")"
  run_ctest tsan -R "^($pattern)\$"
}

# The kernels alone, built by the cross compiler and run by qemu-user, where those are to be had.
test_aarch64() {
  local program
  for program in aarch64-linux-gnu-g++ qemu-aarch64; do
    if ! command -v "$program" >/dev/null; then
      echo "left out: $program is not there (tools/packages.txt, [aarch64])"
      return
    fi
  done
  configure_with aarch64
  build aarch64
  run_ctest aarch64
}

# fuzz SECONDS [NAME]: new inputs are kept in build/asan/corpus, what crashes in build/asan/artifacts.
fuzz() {
  configure_with asan
  build asan fuzzers
  "$ROOT/tests/fuzz/run_fuzzers" "$ROOT/build/asan" "$@"
  find "$ROOT/build/asan/tests/fuzz" -maxdepth 1 -type f -executable -name 'fuzz_*' |
    awk 'END {print NR, 0}' >>"$COUNTS"
}

run_tests() {
  local all=""
  if [[ "${1:-}" == --all ]]; then all=1 && shift; fi
  if [[ "${CI:-}" == true ]]; then all=1; fi
  need_packages build test
  want_packages page "the page is left out"
  mkdir -p "$ROOT/build"
  : >"$COUNTS"
  step "sources: includes, using-declarations, text, format" check_sources
  step "release build and all tests" test_release "$@"
  if [[ -n "$all" ]]; then
    step "AddressSanitizer and UndefinedBehaviorSanitizer" test_asan
    step "ThreadSanitizer" test_tsan
    want_packages aarch64 "the tests for AArch64 are left out"
    step "AArch64 kernels under qemu" test_aarch64
    step "fuzz targets, 25 s each" fuzz 25
    step "every file alone, and clang-tidy" check_tidy
  else
    printf '\n%s\n' "Not run: sanitizers, AArch64 kernels, fuzz targets, clang-tidy (./dev test --all)"
  fi
  closing_line
}

run_checks() {
  need_packages build test
  mkdir -p "$ROOT/build"
  : >"$COUNTS"
  check_sources
  if [[ "${1:-}" == --tidy ]]; then check_tidy; fi
}

run_fuzz() {
  local seconds="${1:-60}"
  if [[ ! "$seconds" =~ ^[0-9]+$ ]]; then fail "fuzz wants seconds first: ./dev fuzz 60 [NAME]"; fi
  need_packages build test
  mkdir -p "$ROOT/build"
  : >"$COUNTS"
  fuzz "$seconds" "${@:2}"
}
