# What a layer is: a folder whose sources are a library that others can use, too.
# In the tree a header is included by its path from the root
# ("messages/api.hpp"), outside of it as <grapevine/messages/api.hpp>:
# cmake/headers.cmake makes the one of the other. cmake/install.cmake says what is
# installed of a layer.
option(GRAPEVINE_SHARED
       "Also make shared libraries, from what the static ones are made of" OFF)
set(GRAPEVINE_FIRST_TYPE_ID 2000 CACHE STRING
    "CAF's number for the first type of messages, where others would clash")
if(NOT GRAPEVINE_FIRST_TYPE_ID MATCHES "^[1-9][0-9]*$"
   OR GRAPEVINE_FIRST_TYPE_ID GREATER 65000)
  message(FATAL_ERROR "GRAPEVINE_FIRST_TYPE_ID is \"${GRAPEVINE_FIRST_TYPE_ID}\", "
                      "but must be a number up to 65000")
endif()

# grapevine_layer(NAME SOURCES source...
#                 [HEADERS header...] those that are for others; without, all of
#                                     the folder
#                 [INTERNAL header...] but not these
#                 [USES layer...]     the layers that it uses
#                 [HIDES layer...]    those of which its headers show nothing
#                 [PUBLIC package...] what its headers show, as
#                                     cmake/packages.cmake names it
#                 [PRIVATE package...] what only its sources use
#                 [BUILD target...])  what only the build of its sources uses
function(grapevine_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" ""
                        "SOURCES;HEADERS;INTERNAL;USES;HIDES;PUBLIC;PRIVATE;BUILD")
  grapevine_library(${name} ${arg_SOURCES})
  set(target grapevine_${name})
  grapevine_give_headers(${target})
  list(TRANSFORM arg_USES PREPEND grapevine_ OUTPUT_VARIABLE uses)
  list(TRANSFORM arg_HIDES PREPEND grapevine_ OUTPUT_VARIABLE hides)
  grapevine_targets_of(public ${arg_PUBLIC})
  grapevine_targets_of(private ${arg_PRIVATE})
  list(TRANSFORM arg_BUILD REPLACE "(.+)" "$<BUILD_INTERFACE:\\1>")
  target_link_libraries(${target} PUBLIC ${uses} ${public}
                        PRIVATE ${hides} ${private} ${arg_BUILD})
  if(GRAPEVINE_SHARED)
    grapevine_shared_library()
  endif()

  if(NOT arg_HEADERS)
    file(GLOB_RECURSE arg_HEADERS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}
         CONFIGURE_DEPENDS *.hpp)
    list(REMOVE_ITEM arg_HEADERS ${arg_INTERNAL})
  endif()
  list(TRANSFORM arg_HEADERS PREPEND ${name}/)
  set_property(GLOBAL APPEND PROPERTY GRAPEVINE_HEADERS ${arg_HEADERS})
  set_property(GLOBAL APPEND PROPERTY GRAPEVINE_LAYERS ${name})
  foreach(list USES HIDES PUBLIC PRIVATE)
    set_property(GLOBAL PROPERTY GRAPEVINE_${name}_${list} ${arg_${list}})
  endforeach()
endfunction()

# The project's own targets, which know its headers by their path from the root.
define_property(TARGET PROPERTY GRAPEVINE_OWN INHERITED)
set_property(DIRECTORY ${PROJECT_SOURCE_DIR} PROPERTY GRAPEVINE_OWN ON)

# Lets all others that use a library include <grapevine/...>.
function(grapevine_give_headers target)
  set(other $<NOT:$<BOOL:$<TARGET_PROPERTY:GRAPEVINE_OWN>>>)
  target_include_directories(
    ${target}
    INTERFACE $<BUILD_INTERFACE:$<${other}:${PROJECT_BINARY_DIR}/include>>
              $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endfunction()

# Defines a macro for a layer and all that use it.
function(grapevine_define layer definition)
  target_compile_definitions(grapevine_${layer} PUBLIC ${definition})
  if(GRAPEVINE_SHARED)
    target_compile_definitions(grapevine_${layer}_shared INTERFACE ${definition})
  endif()
endfunction()

# The targets of packages.
function(grapevine_targets_of result)
  set(targets)
  foreach(package IN LISTS ARGN)
    if(NOT DEFINED grapevine_${package}_target)
      message(FATAL_ERROR "cmake/packages.cmake knows no \"${package}\"")
    endif()
    list(APPEND targets ${grapevine_${package}_target})
  endforeach()
  set(${result} ${targets} PARENT_SCOPE)
endfunction()

# Part of grapevine_layer: its objects once more, as a shared library. All code is
# position-independent anyway, and the program goes on using the static ones. What
# others see is the project's own namespace, by a version script and not by
# -fvisibility=hidden: that would be a macro at each class of a hundred headers,
# and would say something else of the same objects in a static library.
macro(grapevine_shared_library)
  set(script ${PROJECT_SOURCE_DIR}/cmake/exported_symbols.map)
  add_library(${target}_shared SHARED $<TARGET_OBJECTS:${target}>)
  add_library(grapevine::${name}_shared ALIAS ${target}_shared)
  set_target_properties(
    ${target}_shared
    PROPERTIES OUTPUT_NAME ${target}
               EXPORT_NAME ${name}
               LINKER_LANGUAGE CXX
               VERSION ${PROJECT_VERSION}
               SOVERSION ${PROJECT_VERSION_MAJOR}
               LINK_DEPENDS ${script})
  target_link_options(${target}_shared PRIVATE LINKER:--version-script=${script}
                      LINKER:--as-needed)
  target_compile_features(${target}_shared INTERFACE cxx_std_20)
  grapevine_give_headers(${target}_shared)
  list(TRANSFORM uses APPEND _shared)
  list(TRANSFORM hides APPEND _shared)
  # What only the sources use is no business of whoever links the library.
  list(TRANSFORM private REPLACE "(.+)" "$<BUILD_INTERFACE:\\1>")
  target_link_libraries(
    ${target}_shared PUBLIC ${uses} ${public}
    PRIVATE ${hides} ${private} ${arg_BUILD}
            $<BUILD_INTERFACE:grapevine_options>)
endmacro()
