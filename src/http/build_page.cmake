# cmake -DWEB=<web/> -DDIST=<output folder> -DNPM=<npm> -P build_page.cmake
# Installs the page's packages where they are missing or other ones than the lock file names, and builds the page.
# Several build folders share web/node_modules, so they take turns.
file(LOCK "${WEB}/node_modules.tmp" TIMEOUT 600)

function(embed_notice why)
  message(WARNING "${why}\nThe program is built with a notice in the page's place.")
  file(REMOVE_RECURSE "${DIST}")
  file(COPY "${CMAKE_CURRENT_LIST_DIR}/page_missing/" DESTINATION "${DIST}")
  file(TOUCH "${DIST}/index.html")
endfunction()

file(SHA256 "${WEB}/package-lock.json" wanted)
set(stamp "${WEB}/node_modules/.tenor-lock-sha256")
set(installed "")
if(EXISTS "${stamp}")
  file(READ "${stamp}" installed)
endif()
if(NOT installed STREQUAL wanted AND EXISTS "${WEB}/node_modules")
  # Installed by hand, perhaps: then they may well be the right ones.
  execute_process(COMMAND "${NPM}" ls --silent WORKING_DIRECTORY "${WEB}" RESULT_VARIABLE differs OUTPUT_QUIET ERROR_QUIET)
  if(NOT differs)
    set(installed "${wanted}")
    file(WRITE "${stamp}" "${wanted}")
  endif()
endif()
if(NOT installed STREQUAL wanted)
  execute_process(COMMAND "${NPM}" ci --no-audit --no-fund --loglevel=error WORKING_DIRECTORY "${WEB}"
    RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE error)
  if(failed)
    embed_notice("npm could not install the page's packages (no network?):\n${error}")
    return()
  endif()
  file(WRITE "${stamp}" "${wanted}")
endif()

# Built under another name first: a build that fails leaves no half page behind.
file(REMOVE_RECURSE "${DIST}.new")
execute_process(COMMAND "${NPM}" run --silent build -- --outDir "${DIST}.new" --emptyOutDir --logLevel warn
  WORKING_DIRECTORY "${WEB}" RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(failed OR NOT EXISTS "${DIST}.new/index.html")
  message(FATAL_ERROR "The page does not build; run `npm run build` in ${WEB}:\n${output}")
endif()
file(REMOVE_RECURSE "${DIST}")
file(RENAME "${DIST}.new" "${DIST}")
file(TOUCH "${DIST}/index.html")
