# grapevine_protobuf(TARGET FOLDER NAME...) compiles FOLDER/NAME.proto into
# TARGET; the headers are included as "FOLDER/NAME.pb.h". In protobuf's registry
# of the whole process the schemas are "grapevine/FOLDER/NAME.proto": a plain
# "rpc.proto" would end an application that has one of its own when it starts,
# and CMake's protobuf_generate gives no other names.
function(grapevine_protobuf target folder)
  foreach(name IN LISTS ARGN)
    set(schema grapevine/${folder}/${name})
    set(outputs ${PROJECT_BINARY_DIR}/${schema}.pb.h
                ${PROJECT_BINARY_DIR}/${schema}.pb.cc)
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc --cpp_out=${PROJECT_BINARY_DIR}
              --proto_path=grapevine=${PROJECT_SOURCE_DIR} ${schema}.proto
      DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/${name}.proto protobuf::protoc
      VERBATIM)
    target_sources(${target} PRIVATE ${outputs})
    # Generated code is not ours to keep free of warnings. Without NDEBUG
    # protobuf writes a line to stderr for each string of a peer that is not
    # UTF-8.
    set_source_files_properties(
      ${outputs} PROPERTIES COMPILE_OPTIONS -w COMPILE_DEFINITIONS NDEBUG)
  endforeach()
  # What is generated includes its header by the name of its schema.
  target_include_directories(${target} SYSTEM PRIVATE ${PROJECT_BINARY_DIR})
endfunction()
