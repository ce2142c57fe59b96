# grapevine_protobuf(TARGET PROTO...) compiles schemas into TARGET; the headers
# are included by their path from the project's root. That path also names the
# schema in protobuf's global registry, where a plain "rpc.proto" would collide
# with an application's own: CMake's protobuf_generate cannot do that.
function(grapevine_protobuf target)
  foreach(proto IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH proto OUTPUT_VARIABLE source)
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${PROJECT_SOURCE_DIR}
               OUTPUT_VARIABLE name)
    cmake_path(REMOVE_EXTENSION name)
    set(outputs ${PROJECT_BINARY_DIR}/${name}.pb.h
                ${PROJECT_BINARY_DIR}/${name}.pb.cc)
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc --cpp_out=${PROJECT_BINARY_DIR}
              --proto_path=${PROJECT_SOURCE_DIR} ${source}
      DEPENDS ${source} protobuf::protoc
      VERBATIM)
    target_sources(${target} PRIVATE ${outputs})
    # Generated code is not ours to keep free of warnings.
    set_source_files_properties(${outputs} PROPERTIES COMPILE_OPTIONS -w)
  endforeach()
  target_include_directories(
    ${target} SYSTEM PUBLIC $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}>)
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf)
endfunction()
