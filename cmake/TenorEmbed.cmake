# tenor_incbin(OUTPUT PREFIX DECLARATIONS FILES): writes an assembler file that holds FILES byte for byte, each on a
# 64-byte boundary (tensors are used in place), and sets DECLARATIONS to the C++ declarations of PREFIX_0_begin, ...
# Assembly because compilers take minutes over arrays of megabytes.
function(tenor_incbin output prefix declarations_variable files)
  set(assembly ".section .rodata\n")
  set(declarations "")
  set(index 0)
  foreach(file IN LISTS files)
    string(APPEND assembly
      ".global ${prefix}_${index}_begin\n.global ${prefix}_${index}_end\n.balign 64\n"
      "${prefix}_${index}_begin:\n.incbin \"${file}\"\n${prefix}_${index}_end:\n.byte 0\n")
    string(APPEND declarations
      "extern \"C\" const std::byte ${prefix}_${index}_begin[];\nextern \"C\" const std::byte ${prefix}_${index}_end[];\n")
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND assembly ".section .note.GNU-stack,\"\",%progbits\n")
  file(CONFIGURE OUTPUT "${output}" CONTENT "${assembly}" @ONLY)
  set_source_files_properties("${output}" PROPERTIES OBJECT_DEPENDS "${files}")
  set(${declarations_variable} "${declarations}" PARENT_SCOPE)
endfunction()

# tenor_embed_models(OUT): sets OUT to generated sources that define tenor::engine::embedded_models() with every
# models/NAME/ that has a manifest. Only files that the manifest lists (and itself) are taken.
function(tenor_embed_models sources_variable)
  file(GLOB manifests CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/models/*/manifest.json")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${manifests})
  set(files "")
  set(tables "")
  set(list "")
  set(index 0)
  foreach(manifest IN LISTS manifests)
    get_filename_component(folder "${manifest}" DIRECTORY)
    get_filename_component(model "${folder}" NAME)
    file(READ "${manifest}" json)
    string(JSON count LENGTH "${json}" files)
    math(EXPR last "${count} - 1")
    set(entries "")
    set(names "manifest.json" "manifest.sha256")
    foreach(i RANGE ${last})
      string(JSON name MEMBER "${json}" files ${i})
      list(APPEND names "${name}")
    endforeach()
    foreach(name IN LISTS names)
      list(APPEND files "${folder}/${name}")
      string(APPEND entries
        "    {\"${name}\", {tenor_model_${index}_begin, tenor_model_${index}_end}},\n")
      math(EXPR index "${index} + 1")
    endforeach()
    string(MAKE_C_IDENTIFIER "${model}" id)
    string(APPEND tables "const bundle::EmbeddedFile kFiles_${id}[] = {\n${entries}};\n")
    string(APPEND list "    {\"${model}\", kFiles_${id}},\n")
  endforeach()
  set(assembly "${CMAKE_CURRENT_BINARY_DIR}/embedded_models_data.S")
  tenor_incbin("${assembly}" tenor_model declarations "${files}")
  if(list)
    set(body "const EmbeddedModel kModels[] = {\n${list}};\n")
    set(answer "kModels")
  else()
    set(body "")
    set(answer "{}")
  endif()
  set(code "${CMAKE_CURRENT_BINARY_DIR}/embedded_models_table.cc")
  file(CONFIGURE OUTPUT "${code}" @ONLY CONTENT
"#include \"engine/embedded_models.h\"

${declarations}
namespace tenor::engine {
namespace {
${tables}${body}}  // namespace

std::span<const EmbeddedModel> embedded_models() { return ${answer}; }

}  // namespace tenor::engine
")
  set(${sources_variable} "${code};${assembly}" PARENT_SCOPE)
endfunction()
