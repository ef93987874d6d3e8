# tenor_module(NAME DEPENDS a b LIBRARIES x y)
# One static library `tenor_NAME` from every *.cc of the folder, and one test program `NAME_test` from its *_test.cc.
# DEPENDS names other folders: only what ARCHITECTURE.md's table allows (tools/check_includes checks it too).
function(tenor_module name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES;SOURCES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(APPEND sources ${ARG_SOURCES})
  set(scope PUBLIC)
  if(sources)
    add_library(tenor_${name} STATIC ${sources})
  else()
    add_library(tenor_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  list(TRANSFORM ARG_DEPENDS PREPEND tenor_ OUTPUT_VARIABLE depends)
  target_link_libraries(tenor_${name} ${scope} tenor_flags ${depends} ${ARG_LIBRARIES})
  if(sources)
    tenor_unity(tenor_${name})
  endif()
  if(TENOR_BUILD_TESTS AND tests)
    tenor_test(${name}_test SOURCES ${tests} LIBRARIES tenor_${name})
  endif()
endfunction()

# tenor_unity(TARGET): compiles up to eight of its files as one, if TENOR_UNITY says so. Names in unnamed namespaces must
# therefore differ within a folder; tools/check_alone sees to it that each file keeps including what it needs.
function(tenor_unity target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD "${TENOR_UNITY}" UNITY_BUILD_BATCH_SIZE 8)
endfunction()

# tenor_test(NAME SOURCES ... LIBRARIES ...): a GoogleTest program registered with CTest.
# Tests find the repository through TENOR_SOURCE_DIR and the curated data, where it is present, through TENOR_DATA_DIR.
function(tenor_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE tenor_flags ${ARG_LIBRARIES} GTest::gtest GTest::gmock GTest::gtest_main)
  tenor_unity(${name})
  if(TENOR_SANITIZE)  # as many checks, compiled in half the time; what is tested is optimised
    target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-O0>)
  endif()
  target_compile_definitions(${name} PRIVATE
    TENOR_SOURCE_DIR="${CMAKE_SOURCE_DIR}" TENOR_DATA_DIR="${CMAKE_SOURCE_DIR}/../shared/data")
  add_test(NAME ${name} COMMAND ${name})
endfunction()
