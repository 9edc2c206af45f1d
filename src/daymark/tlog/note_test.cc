#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/encode.h"
#include "daymark/base/file.h"
#include "daymark/tlog/checkpoint.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/monitor.h"
#include "daymark/tlog/note_writer.h"
#include "daymark/tlog/text_internal.h"
#include "daymark/tlog/tlog_testing.h"
#include "daymark/tlog/utf8_internal.h"

namespace daymark::tlog {
namespace {

using testing::signer_of;
using testing::vector_path;

constexpr std::string_view example_vkey =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view tessera_vkey =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
constexpr std::string_view foreign_witness =
    "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN";
constexpr std::string_view foreign_mirror =
    "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O";

std::string vector_text(const std::string& name) {
  return *read_text(vector_path(name));
}

/// A checkpoint of "log.example" with 5 leaves, signed by key 1.
std::string sample_checkpoint() {
  const std::string body = checkpoint_body("log.example", {{5}, hash_leaf(bytes_of("root"))});
  return make_note(body, sign_body(signer_of("log.example", 1), body));
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

Errc code_of_note(const std::string& text) {
  const auto parsed = parse_note(text);
  return parsed ? Errc{} : parsed.error().code;
}

Errc code_of_checkpoint(const std::string& text) {
  const auto parsed = parse_checkpoint(text);
  return parsed ? Errc{} : parsed.error().code;
}

TEST(Vkey, ReadsForeignOnes) {
  for (const std::string_view text :
       {example_vkey, tessera_vkey, foreign_witness, foreign_mirror}) {
    const auto key = parse_vkey(text);
    ASSERT_TRUE(key) << text;
    EXPECT_EQ(format_vkey(key->name, key->type, key->key), text);
  }
  EXPECT_EQ(parse_vkey(foreign_witness)->type, type_cosignature);
  EXPECT_EQ(parse_vkey(tessera_vkey)->name, "example.com/log/testdata");
}

TEST(Vkey, RefusesEveryChangedCharacter) {
  const std::string right(example_vkey);
  for (std::size_t i = 0; i < right.size(); ++i) {
    std::string wrong = right;
    wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(parse_vkey(wrong)) << wrong;
    EXPECT_FALSE(parse_vkey(right.substr(0, i))) << i;
  }
  EXPECT_FALSE(parse_vkey(right + "="));
  EXPECT_FALSE(parse_vkey(right + "\n"));
}

TEST(Vkey, RefusesOtherTypesAndNames) {
  const crypto::PublicKey key = crypto::ed25519_public(testing::secret_of(1));
  EXPECT_TRUE(parse_vkey(format_vkey("log", type_ed25519, key)));
  for (const Byte type : std::to_array<Byte>({0x00, 0x02, 0x05, 0x06, 0xFF}))
    EXPECT_EQ(parse_vkey(format_vkey("log", type, key)).error().code, errc::note_vkey);
  for (const char* name : {"", "a b", "a\tb",
                           "a\xC2\xA0"
                           "b",
                           "a\xE2\x80\xA8"
                           "b",
                           "a\xFF"})
    EXPECT_FALSE(parse_vkey(format_vkey(name, type_ed25519, key))) << name;
}

TEST(Vkey, RefusesKeysOfLowOrder) {
  // With such a key anybody can sign; libsodium refuses the same, with either sign bit.
  const std::vector<std::string> points{
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
  for (const std::string& hex : points) {
    for (const Byte sign : std::to_array<Byte>({0x00, 0x80})) {
      crypto::PublicKey key{*from_hex_fixed<32>(hex)};
      key.bytes[31] = static_cast<Byte>(key.bytes[31] | sign);
      for (const Byte type : {type_ed25519, type_cosignature})
        EXPECT_EQ(parse_vkey(format_vkey("log", type, key)).error().code, errc::note_vkey) << hex;
      key.bytes[1] ^= 1;
      EXPECT_TRUE(parse_vkey(format_vkey("log", type_ed25519, key))) << hex;
    }
  }
}

TEST(KeyName, FollowsUnicode) {
  EXPECT_TRUE(is_key_name("log.example/a-b_c"));
  EXPECT_TRUE(is_key_name("日誌"));
  for (const char* name : {"", "a+b", "a\nb", "\xE3\x80\x80", "\xE1\x9A\x80", "\xC0\x80"})
    EXPECT_FALSE(is_key_name(name)) << name;
}

TEST(Note, ReadsTheExampleOfTheSpecification) {
  const std::string text = vector_text("c2sp-note-example.txt");
  const auto note = parse_note(text);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->body, "This is an example message.\n");
  ASSERT_EQ(note->signature_count, 1U);
  const auto key = parse_vkey(example_vkey);
  EXPECT_EQ(note->signatures[0].name, key->name);
  EXPECT_EQ(note->signatures[0].hash, key->hash);
  const std::string written = make_note(
      note->body, "\u2014 example.com/foo " + std::string(note->signatures[0].base64) + "\n");
  EXPECT_EQ(written, text);
}

TEST(Note, SplitsAtTheLastBlankLine) {
  const std::string body = "first\n\nthird\n";
  const std::string note = make_note(body, sign_body(signer_of("log", 1), body));
  EXPECT_EQ(parse_note(note)->body, body);
}

TEST(Note, RefusesAnotherForm) {
  const std::string right = sample_checkpoint();
  ASSERT_EQ(code_of_note(right), Errc{});
  const std::string line = sign_body(signer_of("log.example", 1), "x\n");
  const std::vector<std::string> wrong{
      "",
      "\n",
      "body\n",
      "body\n\n",
      right.substr(0, right.size() - 1),
      right + "\n",
      right + "x\n",
      right + " " + line,
      right + "- name AAAAAAAA\n",
      replaced(right, "\u2014 ", "\u2014"),
      replaced(right, "\u2014 log", "\u2014  log"),
      replaced(right, "log.example\n",
               "log.\x01"
               "example\n"),
      replaced(right, "log.example\n", "log.example\r\n"),
      replaced(right, "log.example\n", "log.\xC3\n"),
      right + "\u2014 a+b AAAAAAAA\n",
      right + "\u2014 name AAAAAA==\n",
      right + "\u2014 name AAAA\n",
      right + "\u2014 name AAAAAAA\n",
      right + "\u2014 name AAAAAA=A\n",
      right + "\u2014 name AAAAAAB=\n",
      right + "\u2014 name AAAAAAAA AAAA\n",
      "no blank line\n" + line,
  };
  for (const std::string& text : wrong)
    EXPECT_EQ(code_of_note(text), errc::note_malformed) << text;
  EXPECT_EQ(code_of_note(right + "\u2014 name AAAAAAA=\n"), Errc{});
}

TEST(Note, HoldsSixteenSignaturesAndNoMore) {
  std::string text = sample_checkpoint();
  for (int i = 1; i < 16; ++i)
    text += "\u2014 other AAAAAAAA\n";
  EXPECT_EQ(parse_note(text)->signature_count, 16U);
  text += "\u2014 other AAAAAAAA\n";
  EXPECT_EQ(code_of_note(text), errc::note_signatures);
}

TEST(Note, RefusesMoreThanItsLimit) {
  const std::string line = sign_body(signer_of("log", 1), "x\n");
  const std::size_t fits = note_size_max - line.size() - 2;
  EXPECT_EQ(code_of_note(std::string(fits, 'x') + "\n\n" + line), Errc{});
  EXPECT_EQ(code_of_note(std::string(fits + 1, 'x') + "\n\n" + line), errc::note_malformed);
}

TEST(Note, AcceptsLongSignaturesOfOtherTypes) {
  const std::string post_quantum = to_base64(std::vector<Byte>(2424, 7));
  const std::string text = sample_checkpoint() + "\u2014 other " + post_quantum + "\n";
  EXPECT_EQ(parse_note(text)->signature_count, 2U);
  const std::string cut = replaced(text, post_quantum.substr(64, 4), "====");
  EXPECT_EQ(code_of_note(cut), errc::note_malformed);
}

TEST(Checkpoint, ReadsTheTesseraLogAtEachSize) {
  const auto key = parse_vkey(tessera_vkey);
  for (std::uint64_t size = 0; size <= 15; ++size) {
    const std::string text = vector_text("tessera-log/checkpoint." + std::to_string(size));
    const auto checkpoint = parse_checkpoint(text);
    ASSERT_TRUE(checkpoint) << size;
    EXPECT_EQ(checkpoint->head.size.value, size);
    EXPECT_TRUE(verify_log_signature(*checkpoint, *key)) << size;
    EXPECT_EQ(checkpoint_body(checkpoint->origin, checkpoint->head), checkpoint->note.body);
  }
}

TEST(Checkpoint, ReadsForeignCosignatures) {
  const std::string text = vector_text("cosigned/checkpoint");
  const auto checkpoint = parse_checkpoint(text);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->note.signature_count, 2U);
  const auto time = verify_cosignature(*checkpoint, *parse_vkey(foreign_witness));
  ASSERT_TRUE(time);
  EXPECT_EQ(time->value, 1'767'139'200'000);
  EXPECT_EQ(verify_cosignature(*checkpoint, *parse_vkey(foreign_mirror)).error().code,
            errc::checkpoint_uncosigned);
}

TEST(Checkpoint, FindsTheSplitView) {
  const std::string one = vector_text("split-view/checkpoint-a");
  const std::string other = vector_text("split-view/checkpoint-b");
  const auto a = parse_checkpoint(one);
  const auto b = parse_checkpoint(other);
  ASSERT_TRUE(a && b);
  EXPECT_TRUE(verify_cosignature(*a, *parse_vkey(foreign_witness)));
  EXPECT_TRUE(verify_cosignature(*b, *parse_vkey(foreign_mirror)));
  EXPECT_EQ(verify_same_view(*a, *b).error().code, errc::log_split);
  EXPECT_TRUE(verify_same_view(*a, *a));
  const std::string sample = sample_checkpoint();
  const auto elsewhere = parse_checkpoint(sample);
  EXPECT_TRUE(elsewhere && verify_same_view(*a, *elsewhere));
}

TEST(Checkpoint, RefusesAnotherForm) {
  const std::string line = sign_body(signer_of("log.example", 1), "x\n");
  const std::string root = to_base64(hash_leaf({}));
  const std::string short_root = to_base64(std::vector<Byte>(31, 1));
  const std::vector<std::string> bodies{
      "\n",
      "log.example\n",
      "log.example\n5\n",
      "\n5\n" + root + "\n",
      "log.example\n05\n" + root + "\n",
      "log.example\n\n" + root + "\n",
      "log.example\n+5\n" + root + "\n",
      "log.example\n5 \n" + root + "\n",
      "log.example\n-5\n" + root + "\n",
      "log.example\n18446744073709551616\n" + root + "\n",
      "log.example\n99999999999999999999\n" + root + "\n",
      "log.example\n5\n" + short_root + "\n",
      "log.example\n5\n" + root + "AAAA\n",
      "log.example\n5\n" + root.substr(0, 43) + "\n",
      "log.example\n5\n" + root + "\n\nextension\n",
      "log.example\n5\n" + root + "\n" + std::string(1024, 'x') + "\n",
  };
  for (const std::string& body : bodies)
    EXPECT_EQ(code_of_checkpoint(make_note(body, line)), errc::checkpoint_malformed) << body;
  const std::string most = "log.example\n18446744073709551615\n" + root + "\nextension\n";
  EXPECT_EQ(parse_checkpoint(make_note(most, line))->head.size.value, ~std::uint64_t{0});
}

TEST(LogSignature, MustBeByTheLog) {
  const NoteSigner log = signer_of("log.example", 1);
  const std::string text = sample_checkpoint();
  const auto checkpoint = parse_checkpoint(text);
  const std::string vkey = format_vkey(log, type_ed25519);
  EXPECT_TRUE(verify_log_signature(*checkpoint, *parse_vkey(vkey)));
  const std::string other_key = format_vkey(signer_of("log.example", 2), type_ed25519);
  const std::string other_name = format_vkey(signer_of("log.other", 1), type_ed25519);
  const std::string other_type = format_vkey(log, type_cosignature);
  for (const std::string& wrong : {other_key, other_name, other_type}) {
    EXPECT_EQ(verify_log_signature(*checkpoint, *parse_vkey(wrong)).error().code,
              errc::checkpoint_unsigned);
  }
}

TEST(LogSignature, CoversTheBody) {
  const std::string vkey = format_vkey(signer_of("log.example", 1), type_ed25519);
  const std::string changed = replaced(sample_checkpoint(), "\n5\n", "\n6\n");
  const auto checkpoint = parse_checkpoint(changed);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(verify_log_signature(*checkpoint, *parse_vkey(vkey)).error().code,
            errc::note_signature);
}

TEST(LogSignature, OneForgedLineRefusesTheNote) {
  const NoteSigner log = signer_of("log.example", 1);
  const std::string vkey = format_vkey(log, type_ed25519);
  const std::string text = sample_checkpoint();
  const std::string both = text + sign_body(log, "another body\n");
  EXPECT_EQ(verify_log_signature(*parse_checkpoint(both), *parse_vkey(vkey)).error().code,
            errc::note_signature);
  const std::string twice = text + sign_body(log, parse_checkpoint(text)->note.body);
  EXPECT_TRUE(verify_log_signature(*parse_checkpoint(twice), *parse_vkey(vkey)));
}

TEST(Cosignature, CoversTimeAndBody) {
  const NoteSigner witness = signer_of("w.example", 3);
  const std::string vkey = format_vkey(witness, type_cosignature);
  const std::string text = sample_checkpoint();
  const std::string body(parse_checkpoint(text)->note.body);
  const std::string good = text + cosign_body(witness, body, {1'700'000'000'999});
  const auto time = verify_cosignature(*parse_checkpoint(good), *parse_vkey(vkey));
  ASSERT_TRUE(time);
  EXPECT_EQ(time->value, 1'700'000'000'000);

  const std::string other_body = text + cosign_body(witness, "x\n", {1'700'000'000'000});
  EXPECT_EQ(verify_cosignature(*parse_checkpoint(other_body), *parse_vkey(vkey)).error().code,
            errc::note_signature);
  const std::string plain = text + sign_body(witness, body);
  EXPECT_EQ(verify_cosignature(*parse_checkpoint(plain), *parse_vkey(vkey)).error().code,
            errc::checkpoint_uncosigned);
  EXPECT_EQ(
      verify_cosignature(*parse_checkpoint(good), *parse_vkey(format_vkey(witness, type_ed25519)))
          .error()
          .code,
      errc::checkpoint_uncosigned);
}

TEST(Cosignature, OldestTimeCountsAndZeroDoesNot) {
  const NoteSigner witness = signer_of("w.example", 3);
  const std::string vkey = format_vkey(witness, type_cosignature);
  const std::string text = sample_checkpoint();
  const std::string body(parse_checkpoint(text)->note.body);
  const std::string zero = text + cosign_body(witness, body, {999});
  EXPECT_EQ(verify_cosignature(*parse_checkpoint(zero), *parse_vkey(vkey)).error().code,
            errc::cosignature_time);
  const std::string several = zero + cosign_body(witness, body, {9000}) +
                              cosign_body(witness, body, {7000}) +
                              cosign_body(witness, body, {8000});
  EXPECT_EQ(verify_cosignature(*parse_checkpoint(several), *parse_vkey(vkey))->value, 7000);
}

TEST(Cosignature, RefusesTimesBeyondOurClocks) {
  // The writer takes what UnixMillis holds, so the stamp is made by hand.
  const NoteSigner witness = signer_of("w.example", 3);
  const std::string text = sample_checkpoint();
  const std::string body(parse_checkpoint(text)->note.body);
  const std::string message = "cosignature/v1\ntime 18446744073709551615\n" + body;
  const auto signature = crypto::ed25519_sign(witness.key, bytes_of(message));
  const std::string vkey = format_vkey(witness, type_cosignature);
  const auto key = parse_vkey(vkey);
  std::vector<Byte> bytes(key->hash.begin(), key->hash.end());
  bytes.insert(bytes.end(), 8, 0xFF);
  bytes.insert(bytes.end(), signature.bytes.begin(), signature.bytes.end());
  const std::string whole = text + "\u2014 w.example " + to_base64(bytes) + "\n";
  EXPECT_EQ(verify_cosignature(*parse_checkpoint(whole), *key).error().code,
            errc::cosignature_time);
}

RC_GTEST_PROP(NoteProperty, AnyChangedByteIsNoticed, ()) {
  const NoteSigner log = signer_of("log.example", 1);
  const std::string vkey = format_vkey(log, type_ed25519);
  std::string text = sample_checkpoint();
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  const auto flip = *rc::gen::inRange<int>(1, 256);
  text[at] = static_cast<char>(static_cast<Byte>(text[at]) ^ static_cast<Byte>(flip));
  const auto parsed = parse_checkpoint(text);
  const bool accepted = parsed && verify_log_signature(*parsed, *parse_vkey(vkey));
  RC_ASSERT(!accepted);
}

RC_GTEST_PROP(Utf8Property, AgreesWithASecondReading, (std::vector<std::uint8_t> bytes)) {
  // A second decoder: what re-encodes to the same bytes was valid.
  const std::string_view text = text_of(bytes);
  std::string_view rest = text;
  std::string again;
  bool valid = true;
  while (valid && !rest.empty()) {
    const auto point = cut_code_point(rest);
    valid = point.has_value();
    if (!valid) break;
    const char32_t c = *point;
    const auto put = [&](char32_t byte) { again += static_cast<char>(byte); };
    if (c < 0x80) put(c);
    if (c >= 0x80 && c < 0x800) put(0xC0 | c >> 6);
    if (c >= 0x800 && c < 0x10000) put(0xE0 | c >> 12);
    if (c >= 0x10000) put(0xF0 | c >> 18);
    if (c >= 0x10000) put(0x80 | (c >> 12 & 0x3F));
    if (c >= 0x800) put(0x80 | (c >> 6 & 0x3F));
    if (c >= 0x80) put(0x80 | (c & 0x3F));
  }
  const bool same = again == text;
  RC_ASSERT(same || !valid);
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
  for (const char* text :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "\xE2\x82", "\xE2\x28\xA1"})
    EXPECT_FALSE(is_note_text(text)) << text;
  EXPECT_TRUE(is_note_text("a\n\u2014 \U0010FFFF\u07FF\u0800"));
  EXPECT_FALSE(is_note_text("a\tb"));
}

TEST(Decimal, HasOneSpelling) {
  EXPECT_EQ(parse_decimal("0"), 0U);
  EXPECT_EQ(parse_decimal("18446744073709551615"), ~std::uint64_t{0});
  for (const char* text : {"", "00", "01", "+1", "-1", "1 ", " 1", "1a", "18446744073709551616"})
    EXPECT_FALSE(parse_decimal(text)) << text;
}

}  // namespace
}  // namespace daymark::tlog
