// A program as the gate sees it: the very file that will run, its digest, and its place in the list
// of approved programs. Host only.
#pragma once

#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/governor/message.h"
#include "daymark/net/descriptor.h"
#include "daymark/order/order.h"

namespace daymark::gate {

/// An opened program. What is hashed is what runs: it is started from this descriptor, so that
/// swapping the file in between changes nothing.
struct OpenedProgram {
  std::string path;
  net::Descriptor file;
  Digest digest{};
};

/// Looks a command up as a shell would (PATH), opens and hashes it.
/// Errors: errc::gate_program_not_found.
[[nodiscard]] Outcome<OpenedProgram> open_program(const std::string& command);

/// The list of approved programs, as a policy order carries it.
class ApprovedPrograms {
 public:
  /// Errors: errc::gate_list_malformed, errc::order_content, errc::cbor_*.
  [[nodiscard]] static Result<ApprovedPrograms> parse(std::vector<Byte> encoded);

  [[nodiscard]] Digest root() const { return root_; }

  /// Name of the entry with this digest and its proof; `path` holds the hashes that it views.
  struct Place {
    std::string name;
    LeafIndex index;
    TreeSize size;
    std::vector<Byte> path;
  };

  /// Errors: errc::gate_program_unlisted, errc::gate_program_changed where `name` is listed with
  /// another digest.
  [[nodiscard]] Result<Place> place_of(const Digest& digest, std::string_view name) const;

 private:
  explicit ApprovedPrograms(std::vector<Byte> encoded) : encoded_(std::move(encoded)) {}

  std::vector<Byte> encoded_;
  Digest root_{};
};

}  // namespace daymark::gate
