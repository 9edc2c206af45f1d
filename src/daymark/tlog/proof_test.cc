#include "daymark/tlog/proof.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/tlog/errors.h"
#include "daymark/tlog/note_writer.h"
#include "daymark/tlog/tlog_testing.h"
#include "daymark/tlog/tree.h"

namespace daymark::tlog {
namespace {

using testing::signer_of;

/// A log of ten entries, four witnesses W1 to W4, mirrors M1 and M2.
class ProofTest : public ::testing::Test {
 protected:
  ProofTest() {
    for (int i = 0; i < 10; ++i)
      tree_.append(bytes_of(entry(i)));
    body_ = checkpoint_body("log.example", tree_.head());
    checkpoint_ = make_note(body_, sign_body(log_, body_));
    witness_text_ = "log " + format_vkey(log_, type_ed25519) + "\n" + witness_lines('w', 4) +
                    "group first 2 w1 w2 w3\n" + "group both all first w4\nquorum both\n";
    mirror_text_ = witness_lines('m', 2) + "group m any m1 m2\nquorum m\n";
  }

  static std::string entry(int i) { return "entry " + std::to_string(i); }

  static NoteSigner cosigner(char kind, int number) {
    const int key = (kind == 'w' ? 10 : 20) + number;
    return signer_of(kind + std::to_string(number) + ".example", static_cast<Byte>(key));
  }

  static std::string witness_lines(char kind, int count) {
    std::string out;
    for (int i = 1; i <= count; ++i) {
      out += std::string("witness ") + kind + std::to_string(i) + " " +
             format_vkey(cosigner(kind, i), type_cosignature) + "\n";
    }
    return out;
  }

  void cosign(char kind, int number, std::int64_t seconds) {
    checkpoint_ += cosign_body(cosigner(kind, number), body_, {seconds * 1000});
  }

  [[nodiscard]] std::string proof(int index) const {
    const LeafIndex leaf{static_cast<std::uint64_t>(index)};
    return make_proof(leaf, *tree_.inclusion_path(leaf, tree_.size()), checkpoint_);
  }

  [[nodiscard]] Result<LoggedEntry> verify(int index, const std::string& text,
                                           bool with_mirrors = false) const {
    const auto witnesses = Policy::parse(witness_text_);
    const auto mirrors = Policy::parse(mirror_text_);
    DAYMARK_TRY(const Proof parsed, parse_proof(text));
    EXPECT_TRUE(witnesses && mirrors);
    return verify_logged(bytes_of(entry(index)), parsed,
                         {&*witnesses, with_mirrors ? &*mirrors : nullptr});
  }

  NoteSigner log_ = signer_of("log.example", 1);
  Tree tree_;
  std::string body_;
  std::string checkpoint_;
  std::string witness_text_;
  std::string mirror_text_;
};

TEST_F(ProofTest, ProvesAnEntry) {
  cosign('w', 4, 100);
  cosign('w', 1, 130);
  cosign('w', 3, 120);
  for (int i = 0; i < 10; ++i) {
    const auto logged = verify(i, proof(i));
    ASSERT_TRUE(logged) << i;
    EXPECT_EQ(logged->index().value, static_cast<std::uint64_t>(i));
    EXPECT_EQ(logged->head(), tree_.head());
    EXPECT_EQ(logged->logged_at().value, 130'000);
  }
}

TEST_F(ProofTest, LoggedTimeIsWhenTheQuorumStood) {
  cosign('w', 1, 500);
  cosign('w', 2, 200);
  cosign('w', 3, 300);
  cosign('w', 4, 100);
  // w4, w2, w3 fill it at 300; w1 came later and changes nothing.
  EXPECT_EQ(verify(0, proof(0))->logged_at().value, 300'000);
}

TEST_F(ProofTest, NeedsTheQuorum) {
  EXPECT_EQ(verify(0, proof(0)).error().code, errc::proof_quorum);
  cosign('w', 1, 100);
  cosign('w', 2, 100);
  cosign('w', 3, 100);
  EXPECT_EQ(verify(0, proof(0)).error().code, errc::proof_quorum);
  cosign('w', 4, 100);
  EXPECT_TRUE(verify(0, proof(0)));
}

TEST_F(ProofTest, ATimeOfZeroDoesNotCount) {
  cosign('w', 1, 0);
  cosign('w', 2, 100);
  cosign('w', 4, 100);
  EXPECT_EQ(verify(0, proof(0)).error().code, errc::proof_quorum);
  cosign('w', 3, 100);
  EXPECT_TRUE(verify(0, proof(0)));
}

TEST_F(ProofTest, OneWitnessTwiceCountsOnce) {
  cosign('w', 1, 100);
  cosign('w', 1, 101);
  cosign('w', 4, 100);
  EXPECT_EQ(verify(0, proof(0)).error().code, errc::proof_quorum);
}

TEST_F(ProofTest, ForgedCosignatureRefusesAll) {
  cosign('w', 1, 100);
  cosign('w', 2, 100);
  cosign('w', 4, 100);
  checkpoint_ += cosign_body(cosigner('w', 3), "another body\n", {100'000});
  EXPECT_EQ(verify(0, proof(0)).error().code, errc::note_signature);
}

TEST_F(ProofTest, StrangersAreIgnored) {
  cosign('w', 1, 100);
  cosign('w', 2, 100);
  cosign('w', 4, 100);
  checkpoint_ += cosign_body(signer_of("w3.example", 99), "another body\n", {100'000});
  EXPECT_TRUE(verify(0, proof(0)));
}

TEST_F(ProofTest, InclusionIsNotPublication) {
  cosign('w', 1, 100);
  cosign('w', 2, 100);
  cosign('w', 4, 100);
  EXPECT_TRUE(verify(0, proof(0), false));
  EXPECT_EQ(verify(0, proof(0), true).error().code, errc::proof_mirrors);
  cosign('m', 2, 900);
  const auto logged = verify(0, proof(0), true);
  ASSERT_TRUE(logged);
  EXPECT_EQ(logged->logged_at().value, 100'000);
}

TEST_F(ProofTest, AMirrorsZeroTimeOrForgeryDoesNotCount) {
  cosign('w', 1, 100);
  cosign('w', 2, 100);
  cosign('w', 4, 100);
  cosign('m', 1, 0);
  EXPECT_EQ(verify(0, proof(0), true).error().code, errc::proof_mirrors);
  checkpoint_ += cosign_body(cosigner('m', 2), "another body\n", {100'000});
  EXPECT_EQ(verify(0, proof(0), true).error().code, errc::note_signature);
}

TEST_F(ProofTest, AnotherEntryIsNotIncluded) {
  cosign('w', 1, 100);
  cosign('w', 2, 100);
  cosign('w', 4, 100);
  EXPECT_EQ(verify(1, proof(0)).error().code, errc::tlog_root);
  std::string text = proof(3);
  text.replace(text.find("index 3"), 7, "index 2");
  EXPECT_EQ(verify(3, text).error().code, errc::tlog_root);
  EXPECT_EQ(verify(2, text).error().code, errc::tlog_root);
}

TEST_F(ProofTest, TheLogMustBeInThePolicy) {
  const std::string stranger_body = checkpoint_body("other.example", tree_.head());
  const NoteSigner stranger = signer_of("other.example", 2);
  checkpoint_ = make_note(stranger_body, sign_body(stranger, stranger_body));
  EXPECT_EQ(verify(0, proof(0)).error().code, errc::proof_log_unknown);
  checkpoint_ = make_note(body_, sign_body(signer_of("log.example", 2), body_));
  EXPECT_EQ(verify(0, proof(0)).error().code, errc::checkpoint_unsigned);
  checkpoint_ = make_note(body_, sign_body(log_, stranger_body));
  EXPECT_EQ(verify(0, proof(0)).error().code, errc::note_signature);
}

TEST_F(ProofTest, AnyKeyOfTheOriginServes) {
  const NoteSigner spare = signer_of("log.example", 2);
  witness_text_ = "log " + format_vkey(spare, type_ed25519) + "\n" + witness_text_;
  cosign('w', 1, 100);
  cosign('w', 2, 100);
  cosign('w', 4, 100);
  EXPECT_TRUE(verify(0, proof(0)));
  checkpoint_ += sign_body(spare, "another body\n");
  EXPECT_EQ(verify(0, proof(0)).error().code, errc::note_signature);
}

TEST_F(ProofTest, ExtraIsSkipped) {
  cosign('w', 1, 100);
  cosign('w', 2, 100);
  cosign('w', 4, 100);
  std::string text = proof(0);
  text.insert(text.find("index"), "extra AAAA\n");
  EXPECT_TRUE(verify(0, text));
}

TEST_F(ProofTest, RefusesAnotherForm) {
  const std::string right = proof(4);
  ASSERT_TRUE(parse_proof(right));
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string text = right;
    return text.replace(text.find(from), from.size(), to);
  };
  const std::vector<std::string> wrong{
      "",
      changed("@v1", "@v2"),
      changed("index 4", "index 04"),
      changed("index 4", "index -4"),
      changed("index 4\n", ""),
      changed("index 4\n", "index 4 \n"),
      changed("index", "extra AAAA\nextra AAAA\nindex"),
      changed("=\n", "\n"),
      right.substr(0, right.find("\n\n") + 1),
      right.substr(0, right.find("\n\n") + 2),
      "\n" + right,
  };
  for (const std::string& text : wrong)
    EXPECT_EQ(parse_proof(text).error().code, errc::proof_malformed) << text;
  const std::vector<Digest> most(path_max);
  EXPECT_TRUE(parse_proof(make_proof({0}, most, checkpoint_)));
  const std::vector<Digest> beyond(path_max + 1);
  EXPECT_EQ(parse_proof(make_proof({0}, beyond, checkpoint_)).error().code, errc::proof_malformed);
  EXPECT_EQ(parse_proof(right + std::string(proof_size_max, 'x')).error().code, errc::proof_size);
}

TEST_F(ProofTest, AProofForAnotherTreeSizeIsRefused) {
  for (const int number : {1, 2, 4})
    cosign('w', number, 100);
  ASSERT_TRUE(verify(0, proof(0)));
  for (const std::uint64_t size : {4U, 7U, 8U, 9U}) {
    const auto path = *tree_.inclusion_path({0}, {size});
    const Errc code = verify(0, make_proof({0}, path, checkpoint_)).error().code;
    EXPECT_TRUE(code == errc::tlog_path_length || code == errc::tlog_root) << size;
  }
}

TEST_F(ProofTest, AStaleCosignatureRefusesTheProof) {
  // By a known witness, over an older head of the same log.
  cosign('w', 1, 100);
  cosign('w', 2, 100);
  const std::string older = checkpoint_body("log.example", *tree_.head_at({9}));
  checkpoint_ += cosign_body(cosigner('w', 4), older, {100'000});
  EXPECT_EQ(verify(0, proof(0)).error().code, errc::note_signature);
}

TEST_F(ProofTest, LeftOverNodesAreRefused) {
  cosign('w', 1, 100);
  cosign('w', 2, 100);
  cosign('w', 4, 100);
  auto path = *tree_.inclusion_path({0}, {10});
  path.push_back(path.front());
  EXPECT_EQ(verify(0, make_proof({0}, path, checkpoint_)).error().code, errc::tlog_path_length);
}

RC_GTEST_FIXTURE_PROP(ProofTest, PrintsWhatItParses, ()) {
  const auto index = *rc::gen::inRange(0, 10);
  const std::string text = proof(index);
  const auto parsed = parse_proof(text);
  RC_ASSERT(parsed.has_value());
  const std::span<const Digest> path = std::span(parsed->path).first(parsed->path_length);
  RC_ASSERT(make_proof(parsed->index, path, parsed->checkpoint) == text);
}

RC_GTEST_FIXTURE_PROP(ProofTest, AnyChangedByteIsRefused, ()) {
  cosign('w', 1, 100);
  cosign('w', 2, 100);
  cosign('w', 4, 100);
  std::string text = proof(7);
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  const auto flip = *rc::gen::inRange<int>(1, 256);
  text[at] = static_cast<char>(static_cast<Byte>(text[at]) ^ static_cast<Byte>(flip));
  RC_ASSERT(!verify(7, text).has_value());
}

}  // namespace
}  // namespace daymark::tlog
