# als_embed(TABLE COUNT HEADER STRUCT FOLDER ENDING TARGET): the files FOLDER/*.ENDING, in order of
# name, as `const struct STRUCT TABLE[] = {{name, text, length}, ...}` in TARGET.
set(ALS_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed-run.cmake)
function(als_embed table count header struct folder ending target)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*.${ending})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embed/${table}.c)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DTABLE=${table} -DCOUNT=${count} -DHEADER=${header}
            -DSTRUCT=${struct} -DFOLDER=${folder} -DENDING=${ending} -DOUTPUT=${output}
            -P ${ALS_EMBED_SCRIPT}
    DEPENDS ${files} ${ALS_EMBED_SCRIPT} VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
