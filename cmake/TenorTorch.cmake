# libtorch, for the learning program and for tests that compare with it. TENOR_TORCH says whether it is here. A libtorch
# of one's own, with CUDA say, is found by -DCMAKE_PREFIX_PATH=.../libtorch; Debian's libtorch-dev without.
find_path(TENOR_TORCH_INCLUDE torch/csrc/jit/serialization/pickle.h)
find_path(TENOR_TORCH_API_INCLUDE torch/torch.h PATHS ${TENOR_TORCH_INCLUDE}
          PATH_SUFFIXES torch/csrc/api/include include/torch/csrc/api/include)
find_library(TENOR_TORCH_CPU torch_cpu)
find_library(TENOR_TORCH_C10 c10)
find_library(TENOR_TORCH_CUDA torch_cuda)

set(TENOR_TORCH OFF)
if(NOT TENOR_TORCH_INCLUDE OR NOT TENOR_TORCH_API_INCLUDE OR NOT TENOR_TORCH_CPU OR NOT TENOR_TORCH_C10)
  message(STATUS "No libtorch (libtorch-dev): tenor-train is built without encoder training, tests that need it are left out")
elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # A std::vector of an incomplete type, which clang++ refuses since C++20.
  message(STATUS "clang++ does not take the headers of libtorch 1.13 as C++20: encoder training is left out")
else()
  set(TENOR_TORCH ON)
  add_library(tenor_torch INTERFACE)
  target_include_directories(tenor_torch SYSTEM INTERFACE ${TENOR_TORCH_INCLUDE} ${TENOR_TORCH_API_INCLUDE})
  target_link_libraries(tenor_torch INTERFACE ${TENOR_TORCH_CPU} ${TENOR_TORCH_C10})
  if(TENOR_TORCH_CUDA)  # nothing refers to it by name: it registers itself when loaded
    target_link_libraries(tenor_torch INTERFACE -Wl,--no-as-needed ${TENOR_TORCH_CUDA} -Wl,--as-needed)
  endif()
endif()

# src/learn takes minutes to compile, which a build for another purpose may do without.
set(TENOR_LEARN OFF)
if(TENOR_TORCH AND TENOR_BUILD_LEARN)
  set(TENOR_LEARN ON)
endif()

# tenor_torch_test(NAME SOURCES ... LIBRARIES ...): a tenor_test that is also linked with libtorch, where that is here.
function(tenor_torch_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  if(TENOR_TORCH)
    tenor_test(${name} SOURCES ${ARG_SOURCES} LIBRARIES ${ARG_LIBRARIES} tenor_torch)
    # Leaks of libtorch's own registries are not ours.
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "ASAN_OPTIONS=detect_leaks=0")
  endif()
endfunction()
