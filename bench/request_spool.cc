#include "request_spool.h"

#include <algorithm>

#include "figures.h"

namespace daymark::bench {

namespace {

template <class T>
void write_all(std::ofstream& file, const std::vector<T>& values) {
  const std::uint64_t count = values.size();
  file.write(reinterpret_cast<const char*>(&count), sizeof(count));
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(count * sizeof(T)));
}

/// False at the end of the file.
template <class T>
bool read_all(std::ifstream& file, std::vector<T>& out) {
  std::uint64_t count = 0;
  if (!file.read(reinterpret_cast<char*>(&count), sizeof(count))) return false;
  out.resize(count);
  file.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(count * sizeof(T)));
  require(file.good(), "a file of requests is cut short");
  return true;
}

}  // namespace

void spool_requests(const std::string& path, const ChipSwarm& swarm, std::uint64_t counter,
                    std::size_t group_size) {
  std::ofstream file(path, std::ios::binary);
  for (std::size_t first = 0; first < swarm.size(); first += group_size) {
    const RequestGroup group =
        swarm.requests(first, std::min(group_size, swarm.size() - first), counter);
    write_all(file, group.ends);
    write_all(file, group.bytes);
  }
  file.flush();
  require(file.good(), "requests can't be written");
}

RequestSpool::RequestSpool(const std::string& path) : file_(path, std::ios::binary) {
  require(file_.good(), "requests can't be read");
}

std::optional<RequestGroup> RequestSpool::next() {
  RequestGroup out;
  if (!read_all(file_, out.ends)) return {};
  require(read_all(file_, out.bytes), "a file of requests is cut short");
  return out;
}

}  // namespace daymark::bench
