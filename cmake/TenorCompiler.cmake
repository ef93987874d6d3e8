# Warnings are errors with g++ and clang++ alike; sanitizers are chosen by preset.
find_program(TENOR_CCACHE ccache)
if(TENOR_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${TENOR_CCACHE}")
endif()

add_library(tenor_flags INTERFACE)
target_compile_options(tenor_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror>)
# g++ 12 warns wrongly about overlapping copies inside std::string's operator+ (GCC bug 105651).
target_compile_options(tenor_flags INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>)
# Debian's amd64 servers of the last fifteen years have SSE4.2; faster instruction sets are chosen at run time.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64")
  target_compile_options(tenor_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-march=x86-64-v2>)
else()
  # Processors whose baseline has fused multiply-adds must not use them unasked, or answers would differ from x86-64's.
  target_compile_options(tenor_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off>)
endif()
target_include_directories(tenor_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")

if(TENOR_SANITIZE)
  set(_sanitize -fsanitize=${TENOR_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_compile_options(tenor_flags INTERFACE ${_sanitize})
  target_link_options(tenor_flags INTERFACE ${_sanitize})
endif()
if(TENOR_BUILD_FUZZERS)
  # The libraries, whose coverage guides the fuzzer. Tests are compiled and run faster without.
  set(_library $<NOT:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>>)
  target_compile_options(tenor_flags INTERFACE $<$<AND:$<COMPILE_LANGUAGE:CXX>,${_library}>:-fsanitize=fuzzer-no-link>)
endif()
