// The diagrams of docs/formats/ranging.md against what the code writes.
#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/cbor/cose.h"
#include "daymark/ranging/errors.h"
#include "daymark/ranging/packet.h"
#include "daymark/ranging/ranging_testing.h"

namespace daymark::ranging {
namespace {

using testing::copy_of;
using testing::Pair;
using testing::welcome_of;

using Contents = std::map<std::string, std::vector<Byte>>;

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// "16+n" with the size of the message inside; npos where it is no such sum.
std::size_t value_of(std::string_view text, std::size_t n) {
  std::size_t out = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('+'), text.size());
    const std::string_view term = text.substr(0, end);
    std::size_t number = 0;
    const auto [past, error] = std::from_chars(term.data(), term.data() + term.size(), number);
    if (term == "n") {
      number = n;
    } else if (error != std::errc{} || past != term.data() + term.size()) {
      return std::string::npos;
    }
    out += number;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

struct Field {
  std::string name;
  std::string from;
  std::string to;
};

/// The fields of the diagram below "### NAME": lines of offsets, each with a line of fields below.
std::vector<Field> diagram_of(const std::string& document, const std::string& name) {
  const std::size_t head = document.find("\n### " + name + "\n");
  if (head == std::string::npos) return {};
  const std::size_t start = document.find("```\n", head) + 4;
  std::istringstream lines(document.substr(start, document.find("```", start) - start));
  std::vector<Field> out;
  std::string offsets;
  std::string fields;
  while (std::getline(lines, offsets) && std::getline(lines, fields)) {
    std::istringstream edges(offsets);
    std::istringstream names(fields.substr(1));
    std::string from;
    std::string to;
    std::string one;
    edges >> from;
    while (edges >> to && std::getline(names, one, '|')) {
      out.push_back({trimmed(one), from, to});
      from = to;
    }
    EXPECT_TRUE(edges.eof()) << "an edge without a field in " << name;
    EXPECT_FALSE(std::getline(names, one, '|')) << "a field without an edge in " << name;
  }
  return out;
}

/// What a field holds, by its name in the diagram.
std::vector<Byte> expected_of(const Field& field, const Contents& contents, std::size_t n) {
  const std::size_t size = value_of(field.to, n) - value_of(field.from, n);
  if (field.name == "zeros") return std::vector<Byte>(size);
  if (field.name.starts_with('"')) return copy_of(bytes_of(field.name).subspan(1, 4));
  const auto known = contents.find(field.name);
  if (known != contents.end()) return known->second;
  // The length of what follows is a number, all else that is fixed stands as hexadecimal digits.
  const std::size_t number = value_of(field.name, n);
  if (field.from == "6" && size == 2 && number != std::string::npos)
    return {static_cast<Byte>(number >> 8), static_cast<Byte>(number)};
  return from_hex(field.name).value_or(std::vector<Byte>{});
}

const std::string& document() {
  static const std::string text = read_text(DAYMARK_SOURCE_DIR "/docs/formats/ranging.md").value();
  return text;
}

void expect_as_drawn(const std::string& name, ByteView bytes, const Contents& contents,
                     std::size_t n = 0) {
  const std::vector<Field> fields = diagram_of(document(), name);
  ASSERT_FALSE(fields.empty()) << "no diagram of " << name;
  EXPECT_EQ(fields.front().from, "0");
  EXPECT_EQ(value_of(fields.back().to, n), bytes.size()) << name;
  for (const Field& field : fields) {
    const std::size_t from = value_of(field.from, n);
    const std::size_t to = value_of(field.to, n);
    ASSERT_TRUE(from <= to && to <= bytes.size()) << name << ": " << field.name;
    EXPECT_EQ(copy_of(bytes.subspan(from, to - from)), expected_of(field, contents, n))
        << name << ": " << field.name;
  }
}

const SessionId drawn_session{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
const std::vector<Byte> session_bytes = copy_of(drawn_session.view());

void expect_packet(const std::string& name, const Packet& packet, const Contents& contents,
                   std::size_t n = 0) {
  ByteArray<packet_size_max> space{};
  const auto written = write_packet(packet, space);
  ASSERT_TRUE(written) << name;
  expect_as_drawn(name, *written, contents, n);
  EXPECT_TRUE(parse_packet(*written)) << name;
}

TEST(Format, PacketsAreAsDrawn) {
  const Cookie cookie{9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 1, 2, 3, 4, 5, 6};
  const Challenge challenge{0xC0, 0xC1, 0xC2, 0xC3};
  const AnswerTag tag{0xA0, 1, 2, 3, 4, 5, 6, 7};
  for (const std::size_t n : {std::size_t{1}, std::size_t{213}, opening_size_max}) {
    const std::vector<Byte> message(n, Byte{0x5A});
    const Contents in{
        {"cookie", copy_of(cookie)}, {"session", session_bytes}, {"COSE_Sign1", message}};
    expect_packet("opening", OpeningPacket{cookie, message}, in, n);
    expect_packet("welcome", WelcomePacket{drawn_session, message}, in, n);
    expect_packet("receipt", ReceiptPacket{drawn_session, message},
                  {{"session", session_bytes}, {"receipt", message}}, n);
  }
  expect_packet("opening", OpeningPacket{},
                {{"cookie", std::vector<Byte>(16)}, {"COSE_Sign1", {}}});
  expect_packet("cookie", CookiePacket{cookie}, {{"cookie", copy_of(cookie)}});
  expect_packet("ready", ReadyPacket{drawn_session}, {{"session", session_bytes}});
  const Contents exchange{{"session", session_bytes},
                          {"number", {1, 2, 3, 4}},
                          {"challenge", copy_of(challenge)},
                          {"tag", copy_of(tag)}};
  expect_packet("challenge", ChallengePacket{drawn_session, 0x01020304, challenge}, exchange);
  expect_packet("answer", AnswerPacket{drawn_session, 0x01020304, tag}, exchange);
  const auto code = static_cast<std::uint16_t>(errc::ranging_opening);
  expect_packet("error", ErrorPacket{errc::ranging_opening},
                {{"code", {static_cast<Byte>(code >> 8), static_cast<Byte>(code)}}});
}

TEST(Format, SizesAreAsStated) {
  EXPECT_NE(document().find(fmt::format("else 1 to {}. Always {} bytes", opening_size_max,
                                        opening_packet_size)),
            std::string::npos);
  EXPECT_NE(document().find(fmt::format("n is 1 to {}.", welcome_size_max)), std::string::npos);
  EXPECT_NE(document().find(fmt::format("n is 1 to {}.", receipt_size_max)), std::string::npos);
  for (const std::string& line : {
           fmt::format("leaf: bstr .size (1..{}),", receipt_leaf_size_max),
           fmt::format("index: 0..{},", batch_receipts_max - 1),
           fmt::format("path: bstr .size (0..{}),", receipt_nodes_max * sizeof(Digest)),
           fmt::format("root: bstr .size (1..{})]", receipt_root_size_max),
           fmt::format("leaves: 1..{},", batch_receipts_max),
       })
    EXPECT_NE(document().find(line), std::string::npos) << line;
}

/// Bytes of the message at a diagram's field, for those that only the sender knows.
std::vector<Byte> bytes_at(ByteView message, std::size_t at, std::size_t size) {
  return copy_of(message.subspan(at, size));
}

TEST(Format, SignedMessagesAreAsDrawn) {
  Pair pair;
  const ByteView opening = pair.open();
  ASSERT_EQ(opening.size(), 223U);
  const auto opened = accept_opening(opening, pair.beacon_secret, pair.random);
  ASSERT_TRUE(opened);
  Contents in{{"chip key", copy_of(pair.chip.bytes)},
              {"beacon key", copy_of(pair.beacon.bytes)},
              {"chip nonce", copy_of(opened->chip_nonce)},
              {"beacon nonce", copy_of(opened->beacon_nonce)},
              {"session", copy_of(opened->session.view())},
              {"key id", copy_of(crypto::key_id(pair.chip).view())},
              {"chip exchange key", bytes_at(opening, 91, 32)},
              {"signature", bytes_at(opening, 159, 64)}};
  expect_as_drawn("signed opening", opening, in);
  const ByteView welcome = welcome_of(*opened);
  ASSERT_EQ(welcome.size(), 240U);
  in["beacon exchange key"] = bytes_at(welcome, 125, 32);
  in["key id"] = copy_of(crypto::key_id(pair.beacon).view());
  in["signature"] = bytes_at(welcome, 176, 64);
  expect_as_drawn("signed welcome", welcome, in);
}

/// Two sessions of one batch; the second one's receipt is drawn.
struct Drawn {
  Pair pair;
  std::vector<ReceiptLeaf> leaves{2};
  BatchStatement statement{{501'109'000, -86'821'000}, {1'772'366'400'000}, {20}};
  std::vector<std::vector<Byte>> receipts;

  Drawn() {
    for (ReceiptLeaf& leaf : leaves) {
      leaf.chip = pair.chip;
      pair.random.fill(leaf.chip_nonce);
      pair.random.fill(leaf.beacon_nonce);
      leaf.least_round_trip.value = 1'234'567;
      leaf.exchanges = 4;
    }
    receipts = sign_batch(leaves, statement, pair.beacon_secret).value();
  }
};

TEST(Format, LeafAndRootAreAsDrawn) {
  const Drawn drawn;
  // 1a0012d687: 1234567, and so on, each in its shortest form.
  const std::vector<Byte> measured = from_hex("1a0012d6870400").value();
  ByteArray<receipt_leaf_size_max> space{};
  const auto leaf = write_receipt_leaf(drawn.leaves[1], space);
  ASSERT_TRUE(leaf);
  expect_as_drawn("receipt leaf", *leaf,
                  {{"chip key", copy_of(drawn.pair.chip.bytes)},
                   {"chip nonce", copy_of(drawn.leaves[1].chip_nonce)},
                   {"beacon nonce", copy_of(drawn.leaves[1].beacon_nonce)},
                   {"numbers, shortest", measured}},
                  measured.size());
  // Leaves, 501109000, -86821000, the time and 20.
  const std::vector<Byte> stated = from_hex("021a1dde51083a052cc8871b0000019ca9450a0014").value();
  const auto parts = split_receipt(drawn.receipts[1]).value();
  const auto message = cbor::parse_sign1(parts.root).value();
  const auto root = parse_batch_root(message.payload).value();
  expect_as_drawn("receipt root payload", message.payload,
                  {{"root hash", copy_of(root.hash)}, {"numbers, shortest", stated}},
                  stated.size());
}

TEST(Format, ReceiptsAreAsDrawn) {
  const Drawn drawn;
  const auto parts = split_receipt(drawn.receipts[1]).value();
  const Contents in{{"leaf size", {static_cast<Byte>(parts.leaf.size())}},
                    {"leaf", copy_of(parts.leaf)},
                    {"node", copy_of(parts.path)},
                    {"root size", {static_cast<Byte>(parts.root.size())}},
                    {"root", copy_of(parts.root)}};
  EXPECT_EQ(parts.root.size(), 142U);
  expect_as_drawn("receipt of the second of two", drawn.receipts[1], in, parts.leaf.size());
}

}  // namespace
}  // namespace daymark::ranging
