// What an authority answers: what is accepted is written back to the same bytes, in one of the
// forms at most.
#include <cstdlib>

#include "daymark/authority/answers.h"
#include "daymark/authority/leaf_list.h"
#include "daymark/cbor/encode.h"

namespace {

using namespace daymark;

void require_same(ByteView input, const std::vector<Byte>& again) {
  if (!equal(again, input)) std::abort();
}

void put_order(cbor::Writer& out, const governor::OrderParts& order) {
  out.open_array(4);
  out.put_bytes(order.envelope);
  out.put_text(order.proof);
  out.put_bytes(order.salt);
  out.put_bytes(order.content);
}

void put_next(cbor::Writer& out, const std::optional<authority::FeedPosition>& next) {
  if (!next) return out.put_null();
  out.open_array(2);
  out.put_unsigned(next->fleet_seq);
  out.put_unsigned(next->own_seq);
}

void check_feed(ByteView input) {
  const auto feed = authority::parse_feed_answer(input);
  if (!feed) return;
  require_same(input, cbor::encode([&](cbor::Writer& out) {
                 out.open_array(2);
                 out.open_array(feed->orders.size());
                 for (const governor::OrderParts& order : feed->orders)
                   put_order(out, order);
                 put_next(out, feed->next);
               }));
}

void check_leaf(ByteView input) {
  const auto leaf = authority::parse_leaf_answer(input);
  if (!leaf) return;
  require_same(input, cbor::encode([&](cbor::Writer& out) {
                 out.open_array(4);
                 put_order(out, leaf->batch);
                 out.put_bytes(leaf->leaf);
                 out.put_unsigned(leaf->index.value);
                 out.open_array(leaf->path.size());
                 for (const Digest& node : leaf->path)
                   out.put_bytes(node);
               }));
}

void check_batch(ByteView input) {
  const auto batch = authority::parse_batch_answer(input);
  if (!batch) return;
  require_same(input, cbor::encode([&](cbor::Writer& out) {
                 out.open_array(3);
                 out.put_bytes(batch->order_file);
                 out.put_bytes(batch->content.root);
                 out.put_unsigned(batch->content.leaves);
               }));
}

void check_leaves(ByteView input) {
  const auto page = authority::parse_leaves_answer(input);
  if (!page) return;
  require_same(input, cbor::encode([&](cbor::Writer& out) {
                 out.open_array(2);
                 authority::put_leaf_list(out, page->leaves);
                 if (!page->next) return out.put_null();
                 out.put_unsigned(*page->next);
               }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const Byte* data, std::size_t size) {
  const ByteView input(data, size);
  check_feed(input);
  check_leaf(input);
  check_batch(input);
  check_leaves(input);
  const auto message = authority::parse_message_answer(input);
  if (message) {
    require_same(input, cbor::encode([&](cbor::Writer& out) { put_order(out, *message); }));
  }
  (void)authority::parse_list_answer(std::string(text_of(input)));
  if (authority::error_sentence(std::string(text_of(input))).size() > size) std::abort();
  return 0;
}
