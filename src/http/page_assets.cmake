# The page's files become part of the program: web/ is built with npm where Node is there, a short notice takes its
# place where it is not. Sets TENOR_PAGE_SOURCES.
set(_web "${CMAKE_SOURCE_DIR}/web")
set(_dist "${CMAKE_CURRENT_BINARY_DIR}/page")
set(_generated "${CMAKE_CURRENT_BINARY_DIR}/generated")
find_program(TENOR_NPM npm)
find_program(TENOR_NODE node)

set(_page_inputs "")
if(TENOR_BUILD_PAGE AND TENOR_NPM AND TENOR_NODE AND EXISTS "${_web}/package-lock.json")
  file(GLOB_RECURSE _page_inputs CONFIGURE_DEPENDS "${_web}/src/*" "${_web}/public/*")
  file(GLOB _page_settings CONFIGURE_DEPENDS
    "${_web}/index.html" "${_web}/package.json" "${_web}/package-lock.json" "${_web}/*.config.*" "${_web}/tsconfig*.json")
  list(APPEND _page_inputs ${_page_settings})
  add_custom_command(
    OUTPUT "${_dist}/index.html"
    COMMAND "${CMAKE_COMMAND}" -DWEB=${_web} -DDIST=${_dist} -DNPM=${TENOR_NPM}
            -P "${CMAKE_CURRENT_SOURCE_DIR}/build_page.cmake"
    DEPENDS ${_page_inputs} "${CMAKE_CURRENT_SOURCE_DIR}/build_page.cmake"
    COMMENT "Building the page (npm run build)"
    VERBATIM)
  set(_page_folder "${_dist}")
  set(_page_ready "${_dist}/index.html")
else()
  message(STATUS "The page is left out: it needs TENOR_BUILD_PAGE and Node with npm")
  set(_page_folder "${CMAKE_CURRENT_SOURCE_DIR}/page_missing")
  set(_page_ready "${_page_folder}/index.html")
endif()

set(TENOR_PAGE_SOURCES "${_generated}/embedded_assets.cc" "${_generated}/embedded_assets.S")
# Not there before a build: who reads sources without one, as clang-tidy does, would miss it among its neighbours.
set_source_files_properties("${_generated}/embedded_assets.cc" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
add_custom_command(
  OUTPUT ${TENOR_PAGE_SOURCES}
  COMMAND "${CMAKE_COMMAND}" -DPAGE=${_page_folder} -DAPI=${CMAKE_CURRENT_SOURCE_DIR}/openapi.json -DOUT=${_generated}
          -P "${CMAKE_CURRENT_SOURCE_DIR}/embed_assets.cmake"
  DEPENDS "${_page_ready}" "${CMAKE_CURRENT_SOURCE_DIR}/openapi.json" "${CMAKE_CURRENT_SOURCE_DIR}/embed_assets.cmake"
  COMMENT "Embedding the page"
  VERBATIM)
