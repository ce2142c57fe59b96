# Run by the build: copies the headers that LIST names to where others include
# them, with "messages/api.hpp" as "grapevine/messages/api.hpp"; and says if one
# includes what is not among them.
cmake_minimum_required(VERSION 3.25)
include(${LIST})
list(JOIN layers "|" alternatives)
set(problems)
foreach(header IN LISTS headers)
  file(READ ${from}/${header} content)
  string(REGEX MATCHALL "#include \"[^\"]*\"" includes "${content}")
  foreach(include IN LISTS includes)
    string(REGEX REPLACE "#include \"(.*)\"" "\\1" included "${include}")
    if(NOT included IN_LIST headers)
      string(APPEND problems "\n  ${header} includes ${included}")
    endif()
  endforeach()
  string(REGEX REPLACE "#include \"(${alternatives})/"
                       "#include \"grapevine/\\1/" content "${content}")
  set(old)
  if(EXISTS ${to}/${header})
    file(READ ${to}/${header} old)
  endif()
  # What is as it was stays as old as it is.
  if(NOT content STREQUAL old)
    file(WRITE ${to}/${header} "${content}")
  endif()
endforeach()
if(problems)
  message(FATAL_ERROR "headers that others get include what they do not get:"
                      "${problems}\nName those among the HEADERS of their "
                      "layer's CMakeLists.txt, or do without them.")
endif()

file(GLOB_RECURSE copies RELATIVE ${to} ${to}/*)
if(copies)
  list(REMOVE_ITEM copies ${headers})
endif()
foreach(stale IN LISTS copies)
  file(REMOVE ${to}/${stale})
endforeach()
