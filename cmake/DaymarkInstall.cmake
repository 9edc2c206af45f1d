# Installation: libraries, headers, the program, and a package that find_package(daymark) finds.
include(CMakePackageConfigHelpers)
set(DAYMARK_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/daymark)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/daymarkConfig.cmake.in
  ${PROJECT_BINARY_DIR}/daymarkConfig.cmake INSTALL_DESTINATION ${DAYMARK_CMAKE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/daymarkConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/daymarkConfig.cmake ${PROJECT_BINARY_DIR}/daymarkConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/FindS2.cmake ${PROJECT_SOURCE_DIR}/cmake/FindGeographicLib.cmake
  DESTINATION ${DAYMARK_CMAKE_DIR})
install(EXPORT daymarkTargets NAMESPACE daymark:: DESTINATION ${DAYMARK_CMAKE_DIR})
