# Flags that every target of ours gets and no user of the libraries ever sees.
add_library(daymark_flags INTERFACE)
target_compile_options(daymark_flags INTERFACE
  $<$<AND:$<BOOL:${DAYMARK_DEVELOPER}>,$<COMPILE_LANGUAGE:CXX>>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion
    -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual
    -Wdouble-promotion -Wformat=2 -Wundef -Werror>
  -fno-omit-frame-pointer)
target_compile_definitions(daymark_flags INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 raises these falsely inside std::vector::insert and std::expected at -O1 and above.
  target_compile_options(daymark_flags INTERFACE
    $<$<AND:$<BOOL:${DAYMARK_DEVELOPER}>,$<COMPILE_LANGUAGE:CXX>>:-Wno-error=dangling-pointer
      -Wno-error=stringop-overread -Wno-error=stringop-overflow -Wno-error=array-bounds
      -Wno-error=maybe-uninitialized -Wno-error=restrict>)
endif()
if(DAYMARK_SANITIZE)
  add_compile_options(-fsanitize=${DAYMARK_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DAYMARK_SANITIZE})
endif()
if(DAYMARK_FUZZ)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fsanitize=fuzzer-no-link>)
endif()

# One precompiled header of the standard library serves all modules; it is compiled once.
add_library(daymark_pch OBJECT ${PROJECT_SOURCE_DIR}/cmake/pch.cc)
target_link_libraries(daymark_pch PRIVATE daymark_flags)
target_precompile_headers(daymark_pch PRIVATE ${PROJECT_SOURCE_DIR}/cmake/pch.h)

# For tests, the command line and HEAVY libraries. What a sanitizer adds takes longer to optimize than it then runs there: two fifths
# of the time for the larger half of such a build. The other libraries stay optimized where fuzzers link them (preset asan).
add_library(daymark_test_flags INTERFACE)
target_link_libraries(daymark_test_flags INTERFACE daymark_flags)
set(daymark_test_pch daymark_pch)
if(DAYMARK_SANITIZE)
  target_compile_options(daymark_test_flags INTERFACE -O0)
  set(daymark_test_pch daymark_test_pch)
  add_library(daymark_test_pch OBJECT ${PROJECT_SOURCE_DIR}/cmake/pch.cc)
  target_link_libraries(daymark_test_pch PRIVATE daymark_test_flags)
  target_precompile_headers(daymark_test_pch PRIVATE ${PROJECT_SOURCE_DIR}/cmake/pch.h)
endif()

# daymark_library(NAME [CORE src…] SOURCES src… [TESTS src…] [DEPENDS …] [PRIVATE_DEPENDS …]
#                 [TEST_DEPENDS …] [HEAVY]): one module of src/daymark, one static library.
# CORE names the sources of the freestanding part: they are also compiled for the chip
# (tests/firmware). Headers are found by glob: every x.h of the folder is public. HEAVY is for
# templates that take minutes to optimize under a sanitizer.
function(daymark_library name)
  cmake_parse_arguments(A "HEAVY" "" "CORE;SOURCES;TESTS;DEPENDS;PRIVATE_DEPENDS;TEST_DEPENDS" ${ARGN})
  set(target daymark_${name})
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.h ${CMAKE_CURRENT_SOURCE_DIR}/*/*.h
    ${CMAKE_CURRENT_SOURCE_DIR}/errors/*.def)
  list(FILTER headers EXCLUDE REGEX "_internal\\.h$")
  list(FILTER headers EXCLUDE REGEX "_testing\\.h$")
  list(TRANSFORM A_CORE PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE core_paths)
  set_property(GLOBAL APPEND PROPERTY DAYMARK_CORE_SOURCES ${core_paths})
  if(A_CORE)
    add_library(${target}_core OBJECT ${A_CORE})
    target_include_directories(${target}_core PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${target}_core PRIVATE daymark_flags)
    target_compile_features(${target}_core PUBLIC cxx_std_23)
    add_library(${target} STATIC ${A_SOURCES} $<TARGET_OBJECTS:${target}_core>)
  else()
    add_library(${target} STATIC ${A_SOURCES})
  endif()
  add_library(daymark::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} LINKER_LANGUAGE CXX)
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${headers})
  target_compile_features(${target} PUBLIC cxx_std_23)
  set(flags daymark_flags)
  set(pch daymark_pch)
  if(A_HEAVY)
    set(flags daymark_test_flags)
    set(pch ${daymark_test_pch})
  endif()
  target_link_libraries(${target} PUBLIC ${A_DEPENDS} PRIVATE ${A_PRIVATE_DEPENDS} $<BUILD_INTERFACE:${flags}>)
  target_precompile_headers(${target} REUSE_FROM ${pch})
  install(TARGETS ${target} EXPORT daymarkTargets FILE_SET HEADERS)
  if(DAYMARK_DEVELOPER AND A_TESTS)
    add_executable(${name}_test ${A_TESTS})
    target_link_libraries(${name}_test PRIVATE ${target} ${A_TEST_DEPENDS} daymark_test_flags
      GTest::gtest GTest::gtest_main GTest::gmock rapidcheck rapidcheck_gtest)
    target_compile_definitions(${name}_test PRIVATE DAYMARK_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    target_precompile_headers(${name}_test REUSE_FROM ${daymark_test_pch})
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
  endif()
endfunction()
