#include "daymark/authority/answers.h"

#include <gtest/gtest.h>

#include "daymark/authority/leaf_list.h"
#include "daymark/cbor/encode.h"

namespace daymark::authority {
namespace {

void put_order(cbor::Writer& out, ByteView envelope) {
  out.open_array(4);
  out.put_bytes(envelope);
  out.put_text("proof");
  out.put_bytes(Digest{5});
  out.put_bytes(bytes_of("content"));
}

void put_leaf(cbor::Writer& out, std::size_t nodes) {
  out.open_array(4);
  put_order(out, bytes_of("envelope"));
  out.put_bytes(bytes_of("leaf"));
  out.put_unsigned(3);
  out.open_array(nodes);
  for (std::size_t i = 0; i < nodes; ++i)
    out.put_bytes(Digest{static_cast<Byte>(i)});
}

/// Every beginning of `whole`, and `whole` with a byte behind it, is refused.
template <class Parser>
void expect_only_whole(const std::vector<Byte>& whole, Parser parse) {
  ASSERT_TRUE(parse(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse(ByteView(whole).first(size))) << size;
  }
  std::vector<Byte> longer = whole;
  longer.push_back(0);
  EXPECT_FALSE(parse(longer));
}

TEST(AuthorityAnswers, AMessageIsRead) {
  const auto body = cbor::encode([](cbor::Writer& out) { put_order(out, bytes_of("envelope")); });
  const auto order = parse_message_answer(body);
  ASSERT_TRUE(order);
  EXPECT_EQ(text_of(order->envelope), "envelope");
  EXPECT_EQ(order->proof, "proof");
  EXPECT_EQ(order->salt, Digest{5});
  EXPECT_EQ(text_of(order->content), "content");
  expect_only_whole(body, parse_message_answer);
}

TEST(AuthorityAnswers, AnOrderIsNeverEmpty) {
  const auto body = cbor::encode([](cbor::Writer& out) { put_order(out, {}); });
  EXPECT_FALSE(parse_message_answer(body));
}

TEST(AuthorityAnswers, AFeedKeepsItsTurn) {
  const auto body = cbor::encode([](cbor::Writer& out) {
    out.open_array(2);
    out.open_array(2);
    put_order(out, bytes_of("first"));
    put_order(out, bytes_of("second"));
    out.put_null();
  });
  const auto feed = parse_feed_answer(body);
  ASSERT_TRUE(feed);
  ASSERT_EQ(feed->orders.size(), 2U);
  EXPECT_EQ(text_of(feed->orders.front().envelope), "first");
  EXPECT_EQ(text_of(feed->orders.back().envelope), "second");
  EXPECT_FALSE(feed->next);
  expect_only_whole(body, parse_feed_answer);
  EXPECT_TRUE(parse_feed_answer(ByteArray<3>{0x82, 0x80, 0xf6})->orders.empty());
}

TEST(AuthorityAnswers, AFeedSaysWhereItGoesOn) {
  const auto body = cbor::encode([](cbor::Writer& out) {
    out.open_array(2);
    out.open_array(1);
    put_order(out, bytes_of("first"));
    out.open_array(2);
    out.put_unsigned(5);
    out.put_unsigned(700);
  });
  EXPECT_EQ(parse_feed_answer(body)->next, (FeedPosition{5, 700}));
  expect_only_whole(body, parse_feed_answer);
}

TEST(AuthorityAnswers, AFeedHasItsBound) {
  const auto body = cbor::encode([](cbor::Writer& out) {
    out.open_array(2);
    out.open_array(feed_max + 1);
  });
  EXPECT_FALSE(parse_feed_answer(body));
}

TEST(AuthorityAnswers, OnwardIsFurtherAndNowhereBack) {
  const FeedPosition at{3, 5};
  for (const FeedPosition next : {FeedPosition{4, 5}, FeedPosition{3, 6}, FeedPosition{9, 9}})
    EXPECT_TRUE(is_onward(at, next));
  for (const FeedPosition next : {at, FeedPosition{2, 9}, FeedPosition{9, 4}, FeedPosition{}})
    EXPECT_FALSE(is_onward(at, next));
}

TEST(AuthorityAnswers, AListHasItemsAndACursor) {
  const auto page = parse_list_answer(R"({"items":[{"a":1},"b"],"next":"500"})");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->items, (std::vector<std::string>{R"({"a":1})", "\"b\""}));
  EXPECT_EQ(page->next, "500");
  EXPECT_EQ(parse_list_answer(R"({"items":[],"next":null})")->next, "");
  for (const char* bad :
       {"", "[]", R"({"items":[]})", R"({"next":null})", R"({"items":{},"next":null})",
        R"({"items":[],"next":5})", R"({"items":[],"next":""})"}) {
    EXPECT_FALSE(parse_list_answer(bad)) << bad;
  }
}

TEST(AuthorityAnswers, ALeafComesWithItsPath) {
  const auto body = cbor::encode([](cbor::Writer& out) { put_leaf(out, 2); });
  const auto leaf = parse_leaf_answer(body);
  ASSERT_TRUE(leaf);
  EXPECT_EQ(text_of(leaf->leaf), "leaf");
  EXPECT_EQ(leaf->index.value, 3U);
  EXPECT_EQ(leaf->path, (std::vector<Digest>{Digest{0}, Digest{1}}));
  expect_only_whole(body, parse_leaf_answer);
  const auto deep = cbor::encode([](cbor::Writer& out) { put_leaf(out, tlog::path_max + 1); });
  EXPECT_FALSE(parse_leaf_answer(deep));
}

TEST(AuthorityAnswers, ADraftedBatchIsRead) {
  const auto body = cbor::encode([&](cbor::Writer& out) {
    out.open_array(3);
    out.put_bytes(bytes_of("order file"));
    out.put_bytes(Digest{7});
    out.put_unsigned(1'000'000);
  });
  const auto batch = parse_batch_answer(body);
  ASSERT_TRUE(batch);
  EXPECT_EQ(text_of(batch->order_file), "order file");
  EXPECT_EQ(batch->content.root, Digest{7});
  EXPECT_EQ(batch->content.leaves, 1'000'000U);
  expect_only_whole(body, parse_batch_answer);
}

TEST(AuthorityAnswers, LeavesComeInPages) {
  const LeafList leaves{{1}, {2, 3}};
  for (const bool last : {true, false}) {
    const auto body = cbor::encode([&](cbor::Writer& out) {
      out.open_array(2);
      put_leaf_list(out, leaves);
      if (last) return out.put_null();
      out.put_unsigned(2);
    });
    const auto page = parse_leaves_answer(body);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->leaves, leaves);
    EXPECT_EQ(page->next, last ? std::nullopt : std::optional<std::uint64_t>(2));
    expect_only_whole(body, parse_leaves_answer);
  }
  const LeafList many(leaf_page_max + 1, {1});
  EXPECT_FALSE(parse_leaves_answer(cbor::encode([&](cbor::Writer& out) {
    out.open_array(2);
    put_leaf_list(out, many);
    out.put_null();
  })));
}

TEST(AuthorityAnswers, ErrorsOfAnyFormHaveASentence) {
  EXPECT_EQ(error_sentence(R"({"error":{"code":7,"text":"No."}})"), "No.");
  for (const char* other : {"", "gone", "[]", "{}", R"({"error":"No."})", R"({"error":{}})",
                            R"({"error":{"text":7}})", R"({"error":{"text":{"en":"No."}}})"}) {
    EXPECT_EQ(error_sentence(other), other);
  }
}

}  // namespace
}  // namespace daymark::authority
