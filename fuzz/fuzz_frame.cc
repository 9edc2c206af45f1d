// Frames: whatever comes, in one piece or byte by byte, gives the same messages, each of them
// encodes to the bytes that it came from, and what is in between is counted as skipped.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "daymark/net/frame.h"

namespace {

using namespace daymark;

/// What a decoder gives, written out again as frames, and whether it ended in an error.
struct Outcomes {
  std::vector<std::vector<Byte>> frames;
  std::size_t skipped = 0;
  bool failed = false;
};

void take_all(net::FrameDecoder& decoder, Outcomes& out) {
  while (!out.failed) {
    const auto message = decoder.next();
    out.failed = !message.has_value();
    out.skipped = decoder.skipped();
    if (out.failed || !*message) return;
    const auto frame = net::encode_frame((*message)->body, (*message)->number);
    if (!frame) std::abort();
    out.frames.push_back(*frame);
  }
}

Outcomes decode(ByteView stream, std::size_t piece) {
  net::FrameDecoder decoder;
  Outcomes out;
  while (!stream.empty() && !out.failed) {
    const std::size_t size = std::min(piece, stream.size());
    decoder.feed(stream.first(size));
    stream = stream.subspan(size);
    take_all(decoder, out);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView stream(data, size);
  const Outcomes whole = decode(stream, size);
  const Outcomes pieces = decode(stream, 1);
  if (whole.frames != pieces.frames || whole.failed != pieces.failed) std::abort();
  if (whole.skipped != pieces.skipped) std::abort();
  auto at = stream.begin();
  std::size_t taken = whole.skipped;
  for (const std::vector<Byte>& frame : whole.frames) {
    at = std::search(at, stream.end(), frame.begin(), frame.end());
    if (at == stream.end()) std::abort();
    at += static_cast<std::ptrdiff_t>(frame.size());
    taken += frame.size();
  }
  if (taken > size) std::abort();
  return 0;
}
