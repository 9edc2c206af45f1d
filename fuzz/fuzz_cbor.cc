// The reader's two profiles: what the deterministic one accepts, the foreign one accepts, and
// reading and writing it again gives the same bytes.
#include <cstdlib>
#include <vector>

#include "daymark/cbor/reader.h"
#include "daymark/cbor/writer.h"

namespace {

using daymark::Byte;
using daymark::ByteView;
using daymark::cbor::Profile;
using daymark::cbor::Reader;
using daymark::cbor::Type;
using daymark::cbor::Writer;

constexpr std::size_t any = SIZE_MAX;

/// The value of a call that can't fail on a checked item.
template <class T>
T must(const daymark::Result<T>& result) {
  if (!result) std::abort();
  return *result;
}

void copy_item(Reader& in, Writer& out);

void copy_items(Reader& in, Writer& out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    copy_item(in, out);
}

void copy_array(Reader& in, Writer& out) {
  const std::size_t items = must(in.enter_array(any));
  out.open_array(items);
  copy_items(in, out, items);
}

void copy_map(Reader& in, Writer& out) {
  const std::size_t pairs = must(in.enter_map(any));
  out.open_map(pairs);
  copy_items(in, out, pairs * 2);
}

/// Recursion is as deep as the items, at most depth_max.
void copy_item(Reader& in, Writer& out) {
  switch (must(in.peek())) {
    case Type::unsigned_integer: return out.put_unsigned(must(in.read_unsigned()));
    case Type::bytes: return out.put_bytes(must(in.read_bytes(0, any)));
    case Type::text: return out.put_text(must(in.read_text(any)));
    case Type::array: return copy_array(in, out);
    case Type::map: return copy_map(in, out);
    case Type::tag: out.put_tag(must(in.read_tag())); return copy_item(in, out);
    default: break;
  }
  Reader ahead = in;
  if (const auto integer = ahead.read_integer()) {
    out.put_integer(*integer);
    in = ahead;
  } else if (const auto boolean = ahead.read_bool()) {
    out.put_bool(*boolean);
    in = ahead;
  } else {
    out.put_raw(must(in.read_item()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const Byte* data, std::size_t size) {
  const ByteView input(data, size);
  const bool foreign = check_item(input, Profile::foreign).has_value();
  if (!check_item(input, Profile::deterministic)) return 0;
  if (!foreign) std::abort();
  std::vector<Byte> space(size);
  Reader in(input);
  Writer out(space);
  copy_item(in, out);
  if (!in.at_end() || !daymark::equal(must(out.finish()), input)) std::abort();
  return 0;
}
