# Debian's librapidcheck-dev: library, headers and the GoogleTest bridge.
find_path(RapidCheck_INCLUDE_DIR rapidcheck.h)
find_library(RapidCheck_LIBRARY rapidcheck)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(RapidCheck REQUIRED_VARS RapidCheck_LIBRARY RapidCheck_INCLUDE_DIR)
if(RapidCheck_FOUND AND NOT TARGET rapidcheck)
  add_library(rapidcheck UNKNOWN IMPORTED)
  set_target_properties(rapidcheck PROPERTIES IMPORTED_LOCATION ${RapidCheck_LIBRARY}
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${RapidCheck_INCLUDE_DIR}")
  add_library(rapidcheck_gtest INTERFACE IMPORTED)
endif()
mark_as_advanced(RapidCheck_INCLUDE_DIR RapidCheck_LIBRARY)
