# Warnings, sanitizers, coverage: one target that every other one links.
add_library(als_flags INTERFACE)
target_include_directories(als_flags INTERFACE ${PROJECT_SOURCE_DIR}/include)
target_compile_definitions(als_flags INTERFACE _POSIX_C_SOURCE=200809L _FILE_OFFSET_BITS=64)
target_compile_options(als_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes
  -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wformat=2 -Wundef -Wold-style-definition
  -Wnull-dereference -fno-math-errno
  $<$<C_COMPILER_ID:GNU>:-Wlogical-op -Wduplicated-cond -Wvla-larger-than=0>
  $<$<BOOL:${ALS_WERROR}>:-Werror>)

if(ALS_SANITIZE)
  target_compile_options(als_flags INTERFACE
    -fsanitize=${ALS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  target_link_options(als_flags INTERFACE -fsanitize=${ALS_SANITIZE})
endif()
if(ALS_COVERAGE)
  target_compile_options(als_flags INTERFACE --coverage -O0 -g)
  target_link_options(als_flags INTERFACE --coverage)
endif()
if(ALS_FUZZ)
  target_compile_options(als_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined -g)
  target_link_options(als_flags INTERFACE -fsanitize=address,undefined)
endif()
