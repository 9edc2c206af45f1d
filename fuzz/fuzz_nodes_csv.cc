// A list of nodes that is read holds only what can be written back and read to the same nodes.
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "daymark/base/bytes.h"
#include "daymark/locate/matrix.h"

namespace {

using namespace daymark;

void require(bool rule) {
  if (!rule) std::abort();
}

std::string written(const locate::NodeTable& table) {
  std::string out = "id,lat,lon,city,country\n";
  for (const locate::Node& node : table.nodes()) {
    out += fmt::format("{},{:.20f},{:.20f},{},{}\n", node.id, node.place.latitude(),
                       node.place.longitude(), node.city, node.country);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto table = locate::NodeTable::parse(text_of(ByteView(data, size)), "nodes.csv");
  if (!table) return 0;
  for (std::size_t i = 0; i < table->nodes().size(); ++i)
    require(table->find(table->nodes()[i].id) == i);
  const auto again = locate::NodeTable::parse(written(*table), "nodes.csv");
  require(again && again->nodes().size() == table->nodes().size());
  for (std::size_t i = 0; i < table->nodes().size(); ++i) {
    require(again->nodes()[i].id == table->nodes()[i].id);
    require(again->nodes()[i].city == table->nodes()[i].city);
    require(distance(again->nodes()[i].place, table->nodes()[i].place).value < 0.001);
  }
  return 0;
}
