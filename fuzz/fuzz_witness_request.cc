// A request is written back to the same bytes; a witness that knows no log cosigns nothing; an
// answer adds no line that wasn't verified.
#include <cstdlib>
#include <string>

#include "daymark/tlog/witness.h"

namespace {

using namespace daymark;

void require(bool rule) {
  if (!rule) std::abort();
}

class NoStore final : public tlog::WitnessStore {
 public:
  Outcome<std::optional<tlog::CosignedHead>> latest(const std::string&) override { std::abort(); }

  Outcome<void> record(const std::string&, const tlog::CosignedHead&) override { std::abort(); }
};

void check_request(std::string_view input) {
  const auto request = tlog::parse_add_checkpoint(input);
  if (!request) return;
  const std::string again =
      tlog::make_add_checkpoint(request->old_size, request->path, request->checkpoint);
  require(again == input);
}

void check_witness(std::string_view input) {
  NoStore store;
  SystemClock clock;
  tlog::Witness witness({"w.example", {}}, store, clock);
  const tlog::WitnessAnswer answer = witness.add_checkpoint(input);
  require(answer.status == 400 || answer.status == 404);
  require(answer.why.has_value());
}

void check_answer(std::string_view input) {
  static const tlog::NoteSigner log{"log.example", {}};
  static const std::string body = tlog::checkpoint_body(log.name, {{1}, {}});
  static const std::string checkpoint = tlog::make_note(body, tlog::sign_body(log, body));
  static const std::string vkey =
      tlog::format_vkey(tlog::NoteSigner{"w.example", {}}, tlog::type_cosignature);
  const auto key = tlog::parse_vkey(vkey);
  const auto taken = tlog::accept_cosignatures(checkpoint, input, *key);
  if (!taken) return;
  const auto parsed = tlog::parse_checkpoint(*taken);
  require(parsed && tlog::verify_cosignature(*parsed, *key));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of({data, size});
  check_request(text);
  check_witness(text);
  check_answer(text);
  return 0;
}
