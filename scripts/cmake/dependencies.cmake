# Debian 12 packages; scripts/setup installs them. libcsv and its like ship no .pc file.
find_package(PkgConfig REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(GSL REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(FYAML REQUIRED IMPORTED_TARGET libfyaml)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
find_library(CSV_LIBRARY csv REQUIRED)
