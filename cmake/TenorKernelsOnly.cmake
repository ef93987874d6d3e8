# The kernels and their tests alone (TENOR_KERNELS_ONLY), for processors whose libraries are not on this machine: no
# library is linked but GoogleTest, which is built here from libgtest-dev's sources.
find_file(TENOR_TL_EXPECTED tl/expected.hpp PATHS /usr/include REQUIRED NO_CMAKE_FIND_ROOT_PATH)
# A copy of the one header: the folder that it lies in also holds this machine's C library.
file(COPY "${TENOR_TL_EXPECTED}" DESTINATION "${CMAKE_BINARY_DIR}/include/tl")
add_library(tenor_base STATIC src/base/result.cc)
target_include_directories(tenor_base SYSTEM PUBLIC "${CMAKE_BINARY_DIR}/include")
target_link_libraries(tenor_base PUBLIC tenor_flags)

set(INSTALL_GTEST OFF)
add_subdirectory(/usr/src/googletest "${CMAKE_BINARY_DIR}/googletest" EXCLUDE_FROM_ALL)
target_compile_options(gtest PRIVATE -Wno-restrict)  # wrong, as in TenorCompiler.cmake
add_subdirectory(src/kernels)
