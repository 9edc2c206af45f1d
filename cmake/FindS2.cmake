# Debian's libs2-dev ships neither a .pc nor a CMake file.
find_path(S2_INCLUDE_DIR s2/s2polygon.h)
find_library(S2_LIBRARY s2)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(S2 REQUIRED_VARS S2_LIBRARY S2_INCLUDE_DIR)
if(S2_FOUND AND NOT TARGET S2::s2)
  add_library(S2::s2 UNKNOWN IMPORTED)
  set_target_properties(S2::s2 PROPERTIES IMPORTED_LOCATION ${S2_LIBRARY}
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${S2_INCLUDE_DIR}")
endif()
mark_as_advanced(S2_INCLUDE_DIR S2_LIBRARY)
