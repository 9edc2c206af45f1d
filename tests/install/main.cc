// Uses two installed libraries: says what a text's hash is, and reads a place.
#include <cstdio>
#include <string>

#include "daymark/base/hex.h"
#include "daymark/crypto/ports.h"
#include "daymark/geo/lat_lon.h"

int main() {
  const std::string hash = daymark::to_hex(daymark::crypto::sha256(daymark::bytes_of("abc")));
  const auto place = daymark::geo::LatLon::parse("1.35,103.82");
  std::printf("%s %s\n", hash.c_str(), place ? "place" : "no place");
  return 0;
}
