#include "daymark/gate/program.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/crypto/ports.h"
#include "daymark/gate/errors.h"
#include "daymark/gate/gate_testing.h"
#include "daymark/tlog/merkle.h"

namespace daymark::gate {
namespace {

using testing::encoded_list;
using testing::Workshop;

Digest digest_number(std::size_t i) {
  return crypto::sha256(bytes_of("program " + std::to_string(i)));
}

/// `count` programs named "p0", "p1", … with their digests.
ApprovedPrograms numbered(std::size_t count, std::vector<std::string>& names) {
  names.clear();
  for (std::size_t i = 0; i < count; ++i)
    names.push_back("p" + std::to_string(i));
  std::vector<order::Program> programs;
  for (std::size_t i = 0; i < count; ++i)
    programs.push_back({names[i], digest_number(i)});
  auto list = ApprovedPrograms::parse(encoded_list(programs));
  EXPECT_TRUE(list);
  return *std::move(list);
}

/// The leaf that a proof is about: [name, digest] as the list holds it.
std::vector<Byte> leaf_of(const std::string& name, const Digest& digest) {
  const std::vector<Byte> list = encoded_list({{name, digest}});
  return {list.begin() + 1, list.end()};
}

TEST(OpenProgram, HashesTheFile) {
  const Workshop workshop;
  const auto program = open_program(workshop.trainer());
  ASSERT_TRUE(program);
  EXPECT_EQ(program->path, workshop.trainer());
  EXPECT_EQ(program->digest, testing::digest_of_file(workshop.trainer()));
}

TEST(OpenProgram, LooksIntoThePath) {
  const auto shell = open_program("sh");
  ASSERT_TRUE(shell);
  EXPECT_TRUE(shell->path.ends_with("/sh")) << shell->path;
  EXPECT_EQ(shell->digest, testing::digest_of_file(shell->path));
}

TEST(OpenProgram, WhatCannotRunIsNotFound) {
  const Workshop workshop;
  workshop.write("text", "no program");
  for (const std::string& name :
       {workshop.path("text"), workshop.path("nothing"), std::string("no-such-program-anywhere")}) {
    const auto program = open_program(name);
    ASSERT_FALSE(program) << name;
    EXPECT_EQ(program.error().error.code, errc::gate_program_not_found);
    EXPECT_EQ(program.error().subject, name);
  }
}

RC_GTEST_PROP(ApprovedPrograms, EachPlaceIsProvenUnderTheRoot, ()) {
  const auto count = *rc::gen::inRange<std::size_t>(1, order::programs_max + 1);
  std::vector<std::string> names;
  const ApprovedPrograms list = numbered(count, names);
  const auto i = *rc::gen::inRange<std::size_t>(0, count);
  const auto place = list.place_of(digest_number(i), "any name");
  RC_ASSERT(place.has_value());
  RC_ASSERT(place->name == names[i]);
  RC_ASSERT(place->size.value == count);
  std::vector<Digest> path;
  for (std::size_t at = 0; at < place->path.size(); at += 32)
    path.push_back(array_of<32>(ByteView(place->path).subspan(at, 32)));
  const Digest leaf = tlog::hash_leaf(leaf_of(names[i], digest_number(i)), tlog::program_tree);
  const auto root = tlog::root_from_path(leaf, place->index, place->size, path, tlog::program_tree);
  RC_ASSERT(root.has_value());
  RC_ASSERT(*root == list.root());
}

TEST(ApprovedPrograms, WhatIsNotListedHasNoPlace) {
  std::vector<std::string> names;
  const ApprovedPrograms list = numbered(5, names);
  const auto stranger = list.place_of(digest_number(99), "stranger");
  ASSERT_FALSE(stranger);
  EXPECT_EQ(stranger.error().code, errc::gate_program_unlisted);
  const auto changed = list.place_of(digest_number(99), "p3");
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, errc::gate_program_changed);
}

TEST(ApprovedPrograms, AnEmptyListApprovesNothing) {
  std::vector<std::string> names;
  const ApprovedPrograms list = numbered(0, names);
  EXPECT_EQ(list.root(), tlog::empty_root());
  EXPECT_FALSE(list.place_of(digest_number(0), "p0"));
}

RC_GTEST_PROP(ApprovedPrograms, AFlippedBitIsRefusedOrGivesAnotherRoot, ()) {
  std::vector<std::string> names;
  const Digest root = numbered(3, names).root();
  std::vector<Byte> bytes =
      encoded_list({{"p0", digest_number(0)}, {"p1", digest_number(1)}, {"p2", digest_number(2)}});
  bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] ^=
      static_cast<Byte>(1U << *rc::gen::inRange(0U, 8U));
  const auto read = ApprovedPrograms::parse(bytes);
  const bool noticed = !read || read->root() != root;
  RC_ASSERT(noticed);
}

TEST(ApprovedPrograms, WhatIsNoListIsRefused) {
  const std::vector<Byte> good = encoded_list({{"p0", digest_number(0)}, {"p1", digest_number(1)}});
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(ApprovedPrograms::parse({good.begin(), good.begin() + static_cast<long>(size)}));
  std::vector<Byte> longer = good;
  longer.push_back(0);
  EXPECT_FALSE(ApprovedPrograms::parse(longer));
  // The two entries in the other turn.
  std::vector<Byte> swapped{good[0]};
  const std::size_t middle = 1 + (good.size() - 1) / 2;
  swapped.insert(swapped.end(), good.begin() + static_cast<long>(middle), good.end());
  swapped.insert(swapped.end(), good.begin() + 1, good.begin() + static_cast<long>(middle));
  EXPECT_FALSE(ApprovedPrograms::parse(swapped));
}

}  // namespace
}  // namespace daymark::gate
