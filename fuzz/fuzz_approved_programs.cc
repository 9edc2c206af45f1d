// Lists of approved programs: what is accepted proves every entry of its own under its root, and
// nothing that it does not list.
#include <cstdlib>

#include "daymark/gate/program.h"
#include "daymark/tlog/merkle.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark;
  const ByteView input(data, size);
  const auto list = gate::ApprovedPrograms::parse({input.begin(), input.end()});
  const auto programs = order::parse_programs(input);
  if (list.has_value() != programs.has_value()) std::abort();
  if (!list) return 0;
  for (std::size_t i = 0; i < programs->count; ++i) {
    const auto place = list->place_of(programs->entries[i].digest, "");
    if (!place || place->name != programs->entries[i].name) std::abort();
    std::vector<Digest> path;
    for (std::size_t at = 0; at < place->path.size(); at += 32)
      path.push_back(array_of<32>(ByteView(place->path).subspan(at, 32)));
    const auto root =
        tlog::root_from_path(tlog::hash_leaf(programs->encoded[i], tlog::program_tree),
                             place->index, place->size, path, tlog::program_tree);
    if (!root || *root != list->root()) std::abort();
  }
  Digest stranger{};
  stranger.fill(0xFF);
  const bool listed =
      programs->count > 0 && programs->entries[programs->count - 1].digest == stranger;
  if (list->place_of(stranger, "").has_value() != listed) std::abort();
  return 0;
}
