#include "daymark/token/uri.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/token/errors.h"
#include "daymark/token/token.h"

namespace daymark::token {
namespace {

std::string verdict(std::string_view text) {
  const auto uri = parse_token_uri(text);
  return uri ? "read" : std::string(entry_of(uri.error().code).name);
}

TEST(TokenUri, ReadsWhatRfc7512Writes) {
  const auto uri = parse_token_uri(
      "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;"
      "serial=4a7b;model=1.0;object=my-certificate;type=private;id=%69%95%00?"
      "module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/token");
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->token, "The Software PKCS#11 Softtoken");
  EXPECT_EQ(uri->manufacturer, "Snake Oil, Inc.");
  EXPECT_EQ(uri->serial, "4a7b");
  EXPECT_EQ(uri->model, "1.0");
  EXPECT_EQ(uri->object, "my-certificate");
  EXPECT_EQ(uri->id, (std::vector<Byte>{0x69, 0x95, 0x00}));
  EXPECT_EQ(uri->module_path, "/usr/lib/softhsm/libsofthsm2.so");
  EXPECT_EQ(uri->pin_source, "/etc/token");
}

TEST(TokenUri, SchemeHasNoCaseAndPathsAreAbsolute) {
  EXPECT_EQ(verdict("PKCS11:token=t;object=o?module-path=/m"), "read");
  EXPECT_EQ(parse_token_uri("pkcs11:token=t;object=o?module-path=file:///m")->module_path, "/m");
  EXPECT_TRUE(is_token_uri("Pkcs11:"));
  EXPECT_FALSE(is_token_uri("pkcs1"));
  EXPECT_FALSE(is_token_uri("owner.key"));
  for (const std::string_view path : {"m.so", "./m", "//host/m", "file://host/m", "|cat", ""}) {
    EXPECT_EQ(verdict("pkcs11:token=t;object=o?module-path=" + std::string(path)),
              "token_uri_malformed")
        << path;
  }
}

TEST(TokenUri, RefusesWhatIsNotUnderstood) {
  const std::string good = "pkcs11:token=t;object=o?module-path=/m";
  ASSERT_EQ(verdict(good), "read");
  for (const std::string_view more : {"&pin-value=1234"}) {
    EXPECT_EQ(verdict(good + std::string(more)), "token_pin_exposed");
  }
  for (const std::string_view more :
       {"&module-path=/n", "&module-name=softhsm", "&x-vendor=1", "&token=t", "&Pin-Source=/p"}) {
    EXPECT_EQ(verdict(good + std::string(more)), "token_uri_attribute") << more;
  }
  for (const std::string_view more :
       {"&", "&pin-source", "&=x", "&pin-source=", "&pin-source=%2", "&pin-source=/%zz",
        "&pin-source=/a b", "&pin-source=/a%00b", "&pin-source=/a%0Ab", "#f"}) {
    EXPECT_EQ(verdict(good + std::string(more)), "token_uri_malformed") << more;
  }
  EXPECT_EQ(verdict("pkcs11:token=t;token=u;object=o?module-path=/m"), "token_uri_attribute");
  EXPECT_EQ(verdict("pkcs11:slot-id=0;object=o?module-path=/m"), "token_uri_attribute");
  EXPECT_EQ(verdict("pkcs11:token=t;object=o;type=public?module-path=/m"), "token_uri_malformed");
  EXPECT_EQ(verdict("pkcs11:token=t/u;object=o?module-path=/m"), "token_uri_malformed");
  EXPECT_EQ(verdict("pkcs11:token=" + std::string(33, 't') + ";object=o?module-path=/m"),
            "token_uri_malformed");
  EXPECT_EQ(verdict("pkcs12:token=t"), "token_uri_malformed");
  EXPECT_EQ(verdict(good + "&pin-source=/" + std::string(uri_size_max, 'p')),
            "token_uri_malformed");
}

TEST(TokenUri, NamesModuleTokenAndKey) {
  for (const std::string_view text :
       {"pkcs11:token=t;object=o?pin-source=/p", "pkcs11:object=o?module-path=/m",
        "pkcs11:token=t?module-path=/m", "pkcs11:model=m;id=%01?module-path=/m"}) {
    EXPECT_EQ(verdict(text), "token_uri_unnamed") << text;
  }
  EXPECT_EQ(verdict("pkcs11:serial=1;id=%01?module-path=/m"), "read");
  EXPECT_EQ(verdict("pkcs11:"), "token_uri_malformed");
}

TEST(TokenUri, ErrorsSayWhere) {
  const auto error = parse_token_uri("pkcs11:token=t;colour=red?module-path=/m").error();
  EXPECT_EQ(error.offset, 15U);
  EXPECT_EQ(error.field, field::token_attribute);
}

RC_GTEST_PROP(TokenUri, ReadsWhatItPrints, (std::vector<Byte> id)) {
  const auto text_up_to = [](int size) {
    return *rc::gen::resize(size, rc::gen::container<std::string>(rc::gen::inRange(' ', '~')));
  };
  id.resize(std::min<std::size_t>(id.size(), 255));
  const TokenUri uri{.token = "t" + text_up_to(31),
                     .manufacturer = text_up_to(32),
                     .serial = text_up_to(16),
                     .model = text_up_to(16),
                     .object = "o" + text_up_to(100),
                     .id = id,
                     .module_path = "/m" + text_up_to(100),
                     .pin_source = "/" + std::string("p") + text_up_to(100)};
  const auto again = parse_token_uri(print_token_uri(uri));
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == uri);
}

class PinSource : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "daymark_pin_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    uri_.pin_source = folder_ + "/pin";
  }

  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string read(std::string_view content, FileMode mode = FileMode::secret) {
    if (!write_text(uri_.pin_source, content, mode)) return "not written";
    const auto pin = pin_of(uri_, "from the environment");
    if (!pin) return std::string(entry_of(pin.error().error.code).name);
    return *pin ? (*pin)->text() : "none";
  }

  std::string folder_;
  TokenUri uri_;
};

TEST_F(PinSource, FileComesFirstAndMustBePrivate) {
  EXPECT_EQ(read("1234"), "1234");
  EXPECT_EQ(read("1234\n"), "1234");
  EXPECT_EQ(read("12 34 \n\n"), "12 34 \n");
  EXPECT_EQ(read("\n"), "token_pin_missing");
  EXPECT_EQ(read(""), "token_pin_missing");
  EXPECT_EQ(read(std::string(300, '1')), "file_too_large");
  EXPECT_EQ(read("1234", FileMode::shared), "secret_exposed");
  uri_.pin_source += "-elsewhere";
  EXPECT_EQ(pin_of(uri_, "1234").error().error.code, errc::file_not_opened);
}

TEST_F(PinSource, EnvironmentComesSecond) {
  uri_.pin_source.clear();
  EXPECT_EQ(pin_of(uri_, "4321").value()->text(), "4321");
  EXPECT_FALSE(pin_of(uri_, "").value());
  EXPECT_FALSE(pin_of(uri_, std::nullopt).value());
}

}  // namespace
}  // namespace daymark::token
