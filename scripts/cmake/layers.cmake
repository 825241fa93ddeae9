# als_layer(NAME USES layer... LIBRARIES lib...): static library als_NAME of src/NAME/*.c.
# Header folders are shared; the arrows are enforced where it counts, at link time: the unit tests
# of a layer link that layer only, and scripts/check-layers reads the includes.
function(als_layer name)
  cmake_parse_arguments(LAYER "" "" "USES;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.c)
  add_library(als_${name} STATIC ${sources})
  set_target_properties(als_${name} PROPERTIES LINKER_LANGUAGE C)
  target_include_directories(als_${name} PRIVATE ${PROJECT_SOURCE_DIR}/src/${name})
  target_link_libraries(als_${name} PUBLIC als_flags)
  foreach(lower IN LISTS LAYER_USES)
    target_link_libraries(als_${name} PUBLIC als_${lower})
  endforeach()
  target_link_libraries(als_${name} PRIVATE ${LAYER_LIBRARIES})
endfunction()
