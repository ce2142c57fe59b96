# The live page: its files and the libraries that it uses, as a source of the
# program. The libraries are Debian's: node-d3-force, node-d3-selection and what
# they need, and libjs-chart.js.
set(page ${CMAKE_CURRENT_SOURCE_DIR}/page)
set(d3 "")
set(licences ${page}/licences.txt)
# In the order in which they need each other.
foreach(name dispatch quadtree timer collection force selection)
  find_file(D3_${name} d3-${name}.min.js
            PATHS /usr/share/nodejs/d3-${name}/dist REQUIRED)
  find_file(D3_${name}_COPYRIGHT copyright
            PATHS /usr/share/doc/node-d3-${name} NO_DEFAULT_PATH REQUIRED)
  list(APPEND d3 ${D3_${name}})
  list(APPEND licences ${D3_${name}_COPYRIGHT})
endforeach()
find_file(CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js REQUIRED)
find_file(CHART_JS_COPYRIGHT copyright PATHS /usr/share/doc/libjs-chart.js
          NO_DEFAULT_PATH REQUIRED)
list(APPEND licences ${CHART_JS_COPYRIGHT})

set(page_entries "/|text/html|${page}/index.html")
set(page_parts ${page}/index.html ${d3} ${CHART_JS} ${licences})
# Adds a file at /assets/NAME, made of one or more.
function(page_asset name type)
  list(JOIN ARGN "|" files)
  list(APPEND page_entries "/assets/${name}|${type}|${files}")
  list(APPEND page_parts ${ARGN})
  set(page_entries ${page_entries} PARENT_SCOPE)
  set(page_parts ${page_parts} PARENT_SCOPE)
endfunction()
page_asset(page.css text/css ${page}/page.css)
page_asset(icon.svg image/svg+xml ${page}/icon.svg)
page_asset(d3.js text/javascript ${d3})
page_asset(chart.js text/javascript ${CHART_JS})
page_asset(licences.txt text/plain ${licences})
file(GLOB modules CONFIGURE_DEPENDS RELATIVE ${page} ${page}/*.js)
foreach(module ${modules})
  page_asset(${module} text/javascript ${page}/${module})
endforeach()

# Puts the files into a source, as a function has them.
function(embed_page function)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/embed_files.sh ${source} ${function}
            ${page_entries}
    DEPENDS ${page_parts} ${PROJECT_SOURCE_DIR}/scripts/embed_files.sh
    COMMENT "Putting a live page into a source: ${function}"
    VERBATIM)
  target_sources(grapevine_app PRIVATE ${source})
  # It needs nothing of what the others have.
  set_source_files_properties(
    ${source} PROPERTIES SKIP_PRECOMPILE_HEADERS ON
                         COMPILE_OPTIONS -Wno-overlength-strings)
endfunction()
embed_page(page_files)

# The page of a cluster has the other's files, too.
set(page ${CMAKE_CURRENT_SOURCE_DIR}/cluster/page)
set(page_entries "/|text/html|${page}/cluster.html")
set(page_parts ${page}/cluster.html)
foreach(module cluster.js cluster_graph.js)
  page_asset(${module} text/javascript ${page}/${module})
endforeach()
page_asset(cluster.css text/css ${page}/cluster.css)
embed_page(cluster_page_files)
