# cmake -DPAGE=<folder> -DAPI=<openapi.json> -DOUT=<folder> -P embed_assets.cmake
# Writes embedded_assets.S with the bytes of every file, and embedded_assets.cc with the table of them.
set(type_html "text/html; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_txt "text/plain; charset=utf-8")
set(type_json "application/json")
set(type_webmanifest "application/manifest+json")
set(type_svg "image/svg+xml")
set(type_png "image/png")
set(type_ico "image/x-icon")
set(type_woff2 "font/woff2")

set(assembly ".section .rodata\n")
set(declarations "")
set(table "")
set(number 0)

macro(embed file path)
  file(SIZE "${file}" size)
  file(SHA256 "${file}" digest)
  string(SUBSTRING "${digest}" 0 16 tag)
  string(REGEX REPLACE "^.*\\." "" extension "${file}")
  set(type "application/octet-stream")
  if(DEFINED type_${extension})
    set(type "${type_${extension}}")
  endif()
  set(immutable false)
  if("${path}" MATCHES "^/assets/")
    set(immutable true)
  endif()
  set(symbol "tenor_embedded_asset_${number}")
  # The digest makes this text change with the file, so that it is assembled anew.
  string(APPEND assembly ".balign 16\n.global ${symbol}\n${symbol}: /* ${digest} */\n.incbin \"${file}\"\n.byte 0\n")
  string(APPEND declarations "extern \"C\" const char ${symbol}[];\n")
  string(APPEND table
    "    PageAsset{\"${path}\", {${symbol}, ${size}}, \"${type}\", \"\\\"${tag}\\\"\", ${immutable}},\n")
  math(EXPR number "${number} + 1")
endmacro()

file(GLOB_RECURSE files RELATIVE "${PAGE}" "${PAGE}/*")
list(SORT files)
foreach(file IN LISTS files)
  embed("${PAGE}/${file}" "/${file}")
endforeach()
embed("${API}" "/openapi.json")

string(APPEND assembly ".section .note.GNU-stack,\"\",@progbits\n")
file(WRITE "${OUT}/embedded_assets.S" "${assembly}")
file(WRITE "${OUT}/embedded_assets.cc"
"// Written by src/http/embed_assets.cmake.
#include <array>

#include \"http/page_assets.h\"

${declarations}
namespace tenor::http {

std::span<const PageAsset> embedded_assets() {
  static const std::array<PageAsset, ${number}> assets = {{
${table}  }};
  return assets;
}

}  // namespace tenor::http
")
