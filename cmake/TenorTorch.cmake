# tenor_torch_test(NAME SOURCES ... LIBRARIES ...): a tenor_test that is also linked with libtorch, left out where that
# is not installed. Nothing but tests is linked with it.
find_path(TENOR_TORCH_INCLUDE torch/csrc/jit/serialization/pickle.h)
find_library(TENOR_TORCH_CPU torch_cpu)
find_library(TENOR_TORCH_C10 c10)

function(tenor_torch_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT TENOR_TORCH_INCLUDE OR NOT TENOR_TORCH_CPU OR NOT TENOR_TORCH_C10)
    message(STATUS "${name} is left out: it needs libtorch (libtorch-dev)")
  elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # A std::vector of an incomplete type, which clang++ refuses since C++20.
    message(STATUS "${name} is left out: clang++ does not take the headers of libtorch 1.13 as C++20")
  else()
    tenor_test(${name} SOURCES ${ARG_SOURCES} LIBRARIES ${ARG_LIBRARIES} ${TENOR_TORCH_CPU} ${TENOR_TORCH_C10})
    # Leaks of libtorch's own registries are not ours.
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "ASAN_OPTIONS=detect_leaks=0")
  endif()
endfunction()
