// docs/openapi.json against the server: every route, every role, every answer, every status.
#include <map>
#include <regex>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/authority/answers.h"
#include "daymark/authority/authority.h"
#include "daymark/authority/chip_testing.h"
#include "daymark/authority/error_status.h"
#include "daymark/authority/grants_testing.h"
#include "daymark/authority/renewal_group.h"
#include "daymark/authority/routes.h"
#include "daymark/base/error_table.h"
#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/cbor/encode.h"
#include "daymark/order/appeal.h"
#include "daymark/order/finding_testing.h"
#include "daymark/ranging/receipt_batch.h"

namespace daymark::authority {
namespace {

using Json = nlohmann::json;
using testing::verdict;

/// The part of JSON Schema that the file uses; what it does not know is a failure.
class SchemaCheck {
 public:
  explicit SchemaCheck(const Json& document) : document_(document) {}

  /// Empty, or what does not fit.
  [[nodiscard]] std::string mismatch(const Json& value, const Json& schema,
                                     const std::string& at = "$") const {
    if (schema.contains("$ref")) return mismatch(value, resolve(schema["$ref"]), at);
    if (schema.contains("oneOf")) return one_of(value, schema["oneOf"], at);
    if (schema.contains("type") && !has_type(value, schema["type"])) return at + ": type";
    if (schema.contains("enum") && !contains(schema["enum"], value)) return at + ": enum";
    if (value.is_string() && schema.contains("pattern")) {
      const std::regex pattern(schema["pattern"].get<std::string>());
      if (!std::regex_match(value.get<std::string>(), pattern)) return at + ": pattern";
    }
    if (value.is_array() && schema.contains("items")) return each(value, schema["items"], at);
    return value.is_object() ? members(value, schema, at) : "";
  }

  [[nodiscard]] const Json& resolve(const Json& reference) const {
    return document_.at(Json::json_pointer(reference.get<std::string>().substr(1)));
  }

 private:
  [[nodiscard]] static bool contains(const Json& list, const Json& value) {
    return std::ranges::find(list, value) != list.end();
  }

  [[nodiscard]] static bool has_type(const Json& value, const Json& type) {
    if (type.is_array()) {
      return std::ranges::any_of(type, [&](const Json& one) { return has_type(value, one); });
    }
    const std::string name = type.get<std::string>();
    if (name == "integer") return value.is_number_integer();
    if (name == "boolean") return value.is_boolean();
    return name == value.type_name();
  }

  [[nodiscard]] std::string one_of(const Json& value, const Json& options,
                                   const std::string& at) const {
    const auto fits = [&](const Json& schema) { return mismatch(value, schema, at).empty(); };
    return std::ranges::any_of(options, fits) ? "" : at + ": none of several";
  }

  [[nodiscard]] std::string each(const Json& value, const Json& schema,
                                 const std::string& at) const {
    for (const Json& item : value) {
      if (std::string wrong = mismatch(item, schema, at + "[]"); !wrong.empty()) return wrong;
    }
    return "";
  }

  [[nodiscard]] std::string members(const Json& value, const Json& schema,
                                    const std::string& at) const {
    for (const Json& name : schema.value("required", Json::array())) {
      if (!value.contains(name.get<std::string>())) return at + ": lacks " + name.dump();
    }
    const Json known = schema.value("properties", Json::object());
    for (const auto& [name, member] : value.items()) {
      if (known.contains(name)) {
        std::string wrong = mismatch(member, known[name], at + "." + name);
        if (!wrong.empty()) return wrong;
      } else if (schema.contains("additionalProperties")) {
        return at + ": does not know " + name;
      }
    }
    return "";
  }

  const Json& document_;
};

Json read_openapi() {
  const auto text = read_text(DAYMARK_SOURCE_DIR "/docs/openapi.json");
  EXPECT_TRUE(text);
  const auto parsed = internal::parse_json(text.value_or(""));
  EXPECT_TRUE(parsed);
  return parsed.value_or(Json::object());
}

/// "/chips/{chip}/receipts" as the table of routes writes it.
std::string pattern_of(std::string path) {
  for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{'))
    path.replace(open, path.find('}') - open + 1, "*");
  return path;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

class OpenApiTest : public ::testing::Test {
 protected:
  /// The file's operations by "METHOD pattern".
  [[nodiscard]] std::map<std::string, Json> operations() const {
    std::map<std::string, Json> out;
    for (const auto& [path, item] : api.at("paths").items()) {
      for (const auto& [method, operation] : item.items())
        out.emplace(upper(method) + " " + pattern_of(path), operation);
    }
    return out;
  }

  Json api = read_openapi();
  SchemaCheck check{api};
};

TEST_F(OpenApiTest, EveryRouteIsInTheFileAndTheOtherWayRound) {
  std::map<std::string, Json> described = operations();
  // The log's static files stand outside the table.
  for (const char* path : {"GET /checkpoint", "GET /tile/*"})
    EXPECT_EQ(described.erase(path), 1U) << path;
  EXPECT_EQ(described.size(), routes().size());
  for (const Route& route : routes()) {
    const std::string name = std::string(route.method) + " " + std::string(route.pattern);
    ASSERT_TRUE(described.contains(name)) << name;
    Json roles = Json::array();
    for (const Role role : all_roles) {
      if (route.roles.has(role) && !route.roles.is_public()) roles.push_back(name_of(role));
    }
    if (route.roles.is_public()) roles.push_back("everybody");
    EXPECT_EQ(described[name]["x-daymark-roles"], roles) << name;
    EXPECT_EQ(described[name]["security"].empty(), route.roles.is_public()) << name;
    EXPECT_EQ(described[name].contains("requestBody"), route.method == "POST") << name;
  }
}

TEST_F(OpenApiTest, EveryParameterOfAPathIsDescribed) {
  for (const auto& [path, item] : api.at("paths").items()) {
    for (const auto& [method, operation] : item.items()) {
      std::set<std::string> given;
      for (const Json& parameter : operation.value("parameters", Json::array())) {
        if (parameter["in"] == "path")
          given.insert("{" + parameter["name"].get<std::string>() + "}");
      }
      for (const std::string& name : given)
        EXPECT_TRUE(path.contains(name)) << path;
      EXPECT_EQ(static_cast<std::ptrdiff_t>(given.size()), std::ranges::count(path, '{')) << path;
    }
  }
}

TEST_F(OpenApiTest, EveryErrorWithAStatusOfItsOwnIsListed) {
  std::map<std::string, std::set<std::string>> wanted;
  for (const StatusEntry& entry : status_table())
    wanted[std::to_string(entry.status)].insert(std::string(entry_of(entry.code).name));
  std::map<std::string, std::set<std::string>> listed;
  for (const auto& [status, names] : api.at("x-daymark-errors").items())
    listed[status] = names.get<std::set<std::string>>();
  EXPECT_EQ(listed, wanted);
}

TEST_F(OpenApiTest, EveryStatusThatAnErrorHasIsDescribed) {
  std::set<std::string> described;
  for (const auto& [name, operation] : operations()) {
    for (const auto& [status, response] : operation["responses"].items())
      described.insert(status);
  }
  // A wrong method belongs to no operation; the file's introduction names it.
  described.insert("405");
  for (const ErrorEntry& entry : error_table())
    EXPECT_TRUE(described.contains(std::to_string(status_of(entry.code)))) << entry.name;
}

/// What an operation must list by what it is; what it may refuse beyond that, the answers show.
TEST_F(OpenApiTest, EveryOperationListsWhatItsKindCanAnswer) {
  for (const Route& route : routes()) {
    const std::string name = std::string(route.method) + " " + std::string(route.pattern);
    const Json listed = operations()[name]["responses"];
    std::set<std::string> wanted{"200", "500", "503"};
    if (!route.roles.is_public()) wanted.insert({"401", "403", "429"});
    if (route.method == "POST") wanted.insert({"400", "403", "413"});
    if (route.pattern.contains('*')) wanted.insert("400");
    for (const std::string& status : wanted)
      EXPECT_TRUE(listed.contains(status)) << name << " " << status;
  }
}

/// A fleet of two chips, one with a licence and all that it says of itself.
class AnswersTest : public OpenApiTest {
 protected:
  void SetUp() override {
    issue_licence();
    const std::string id = to_hex(device.chip.id.view());
    const std::string hash = to_hex(fleet.office.records->orders()->front().hash);
    const std::string batch = to_hex(fleet.office.archive.roots()->front());
    const order::FindingFile finding =
        order::testing::answered_finding(fleet.office.world, device.chip.id);
    known = {{"{chip}", id},
             {"{order}", hash},
             {"{licence}", "1"},
             {"{batch}", batch},
             {"{finding}", to_hex(order::read_finding(finding)->hash)}};
    unknown = {{"{chip}", std::string(32, '0')},
               {"{order}", std::string(64, '0')},
               {"{licence}", "999"},
               {"{batch}", std::string(64, '0')},
               {"{finding}", std::string(64, '0')}};
    bad = {{"{chip}", "xyz"},
           {"{order}", "xyz"},
           {"{licence}", "xyz"},
           {"{batch}", "xyz"},
           {"{finding}", "xyz"}};
    const auto receipt = ranging::sign_receipt({}, fleet.office.world.beacon_key(0)).value();
    const auto stop =
        fleet.office.submit(fleet.office.world.suspend_fleet(days(10)), {"maker", "regulator-a"});
    ASSERT_EQ(verdict(stop), "ok");
    const auto appeal = order::make_appeal(
        {fleet.office.world.charter().fleet, stop->hash, fleet.office.world.now, "unfounded"},
        fleet.office.world.party("owner").key.sign);
    suspension = to_hex(stop->hash);
    bodies = {{"/orders", policy()},
              {"/appeals", text(appeal)},
              {"/findings", text(order::print_finding_file(finding))},
              {"/renewals", text(device.client().request_renewal().value())},
              {"/renewals/group", group_of_two()},
              {"/batches", R"({"validity_s": 604800})"},
              {"/receipts", text(fleet.receipts.front())},
              {"/attestations", text(device.client().attest(Digest{1}).value().bytes)},
              {"/ranging/{chip}", text(cbor::encode([&](cbor::Writer& writer) {
                 writer.open_array(1);
                 writer.put_bytes(receipt);
               }))},
              {"/verdicts", R"({"chip": ")" + id + R"(", "verdict": "fine"})"}};
  }

  static std::string text(ByteView bytes) { return std::string(text_of(bytes)); }

  std::string policy() {
    order::OrderFile file = fleet.office.world.policy({});
    fleet.office.world.sign(file, {"owner", "regulator-a"});
    return text(order::print_order_file(file));
  }

  /// The newest request and one byte.
  std::string group_of_two() {
    const std::vector<Byte> good = device.client().request_renewal().value();
    const ByteArray<1> one_byte{7};
    const ByteView both[] = {good, one_byte};
    return text(print_renewal_group(both));
  }

  void issue_licence() {
    const auto call = [&](const std::string& path, const std::string& body) {
      return authority.handle(with(request_of("POST", path, body), Role::fleet_operator));
    };
    ASSERT_TRUE(fleet.office.renewals->take_one(device.client().request_renewal().value()));
    const auto draft =
        parse_batch_answer(bytes_of(call("/batches", R"({"validity_s": 604800})").body));
    ASSERT_TRUE(draft);
    order::OrderFile file = order::parse_order_file(draft->order_file).value();
    fleet.office.world.sign(file, {"authority"});
    ASSERT_EQ(call("/orders", text(order::print_order_file(file))).status, 200U);
  }

  static net::HttpRequest request_of(std::string method, std::string path, std::string body) {
    net::HttpRequest out;
    out.method = std::move(method);
    out.path = std::move(path);
    out.body = std::move(body);
    return out;
  }

  net::HttpRequest with(net::HttpRequest request, Role role) {
    request.headers.push_back({"Authorization", "Bearer " + credentials.at(role)});
    return request;
  }

  /// Asks an operation as the first role that may, and holds the answer against the file.
  net::HttpResponse ask(const std::string& method, const std::string& path,
                        const std::map<std::string, std::string>& arguments, std::string body) {
    const Json& operation = api["paths"][path][method];
    net::HttpRequest request = request_of(upper(method), path, std::move(body));
    for (const auto& [name, value] : arguments) {
      if (const std::size_t at = request.path.find(name); at != std::string::npos)
        request.path.replace(at, name.size(), value);
    }
    if (path == "/feed") request.query = "chip=" + arguments.at("{chip}");
    const std::string role = operation["x-daymark-roles"][0].get<std::string>();
    if (const auto known_role = role_named(role)) request = with(std::move(request), *known_role);
    const net::HttpResponse answer = authority.handle(request);
    expect_described(operation, answer, upper(method) + " " + request.path);
    return answer;
  }

  void expect_described(const Json& operation, const net::HttpResponse& answer,
                        const std::string& name) const {
    const std::string status = std::to_string(answer.status);
    ASSERT_TRUE(operation["responses"].contains(status)) << name << " " << status << answer.body;
    Json response = operation["responses"][status];
    if (response.contains("$ref")) response = check.resolve(response["$ref"]);
    ASSERT_TRUE(response["content"].contains(answer.content_type)) << name << answer.content_type;
    if (answer.content_type != "application/json") return;
    const auto parsed = internal::parse_json(answer.body);
    ASSERT_TRUE(parsed) << name;
    EXPECT_EQ(check.mismatch(*parsed, response["content"]["application/json"]["schema"]), "")
        << name << " " << answer.body;
  }

  [[nodiscard]] std::string body_for(const std::string& method, const std::string& path) const {
    return method == "post" ? bodies.at(path) : std::string();
  }

  template <class Visit>
  void for_each_operation(Visit visit) const {
    for (const auto& [path, item] : api.at("paths").items()) {
      for (const auto& [method, operation] : item.items())
        visit(method, path);
    }
  }

  testing::Fleet fleet;
  governor::testing::Device& device = fleet.enrol(1);
  governor::testing::Device& silent = fleet.enrol(2);
  testing::KeyRing ring{fleet.office.world.random()};
  std::map<Role, std::string> credentials = [this] {
    std::map<Role, std::string> out;
    for (const Role role : all_roles)
      out.emplace(role, ring.grant(role));
    return out;
  }();
  Authority authority{{fleet.office.records.get(), &fleet.office.archive,
                       fleet.office.publisher.get(), fleet.office.renewals.get(),
                       &fleet.office.clock, &fleet.office.world.random(),
                       fleet.office.world.encoded_charter(), &ring}};
  std::string suspension;
  std::map<std::string, std::string> known;
  std::map<std::string, std::string> unknown;
  std::map<std::string, std::string> bad;
  std::map<std::string, std::string> bodies;
};

TEST_F(AnswersTest, EveryGoodAnswerHasTheDescribedMembers) {
  // What is posted first is there to be read.
  for (const std::string wanted : {"post", "get"}) {
    for_each_operation([&](const std::string& method, const std::string& path) {
      if (method != wanted || path == "/tile/{tile}") return;
      const net::HttpResponse answer = ask(method, path, known, body_for(method, path));
      EXPECT_EQ(answer.status, 200U) << method << " " << path << " " << answer.body;
    });
  }
  ASSERT_EQ(Json::parse(ask("get", "/chips/{chip}", known, "").body)["verdicts"].size(), 1U);
  known["{order}"] = suspension;
  const Json appealed = Json::parse(ask("get", "/orders/{order}", known, "").body);
  EXPECT_EQ(appealed["appeals"].size(), 1U);
  // A chip that said nothing yet.
  known["{chip}"] = to_hex(silent.chip.id.view());
  EXPECT_EQ(ask("get", "/chips/{chip}", known, "").status, 200U);
}

TEST_F(AnswersTest, EveryRefusalHasTheDescribedMembers) {
  for_each_operation([&](const std::string& method, const std::string& path) {
    if (path == "/tile/{tile}") return;
    for (const auto& arguments : {unknown, bad})
      (void)ask(method, path, arguments, body_for(method, path));
    if (method != "post") return;
    for (const std::string& body :
         {std::string(), std::string("nonsense"), std::string("{}"), std::string(100'000, 'x')}) {
      EXPECT_GE(ask(method, path, known, body).status, 400U) << path;
    }
    // What was good until one bit of it changed.
    std::string flipped = bodies.at(path);
    flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
    (void)ask(method, path, known, flipped);
  });
}

TEST_F(AnswersTest, WhoIsNotLetInGetsADescribedAnswer) {
  for_each_operation([&](const std::string& method, const std::string& path) {
    const Json& operation = api["paths"][path][method];
    const net::HttpRequest request = request_of(upper(method), path, "");
    if (operation["security"].empty()) return;
    expect_described(operation, authority.handle(request), path);
    for (const Role role : all_roles) {
      const net::HttpResponse answer = authority.handle(with(request, role));
      expect_described(operation, answer, path);
      const Json& roles = operation["x-daymark-roles"];
      const bool named = std::ranges::find(roles, Json(name_of(role))) != roles.end();
      EXPECT_EQ(answer.body.contains("authority_role_denied"), !named) << path;
    }
  });
}

TEST_F(AnswersTest, TheCheckFindsWhatIsMissingOrTooMuch) {
  const Json& schema = api["components"]["schemas"]["Error"];
  const Json good = Json::parse(R"({"error":{"code":1,"name":"a","text":"b"}})");
  EXPECT_EQ(check.mismatch(good, schema), "");
  for (const char* text :
       {R"({"error":{"code":1,"name":"a"}})", R"({"error":{"code":"1","name":"a","text":"b"}})",
        R"({"error":{"code":1,"name":"a","text":"b","more":1}})", "{}", "[]", R"({"error":[]})"}) {
    EXPECT_NE(check.mismatch(Json::parse(text), schema), "") << text;
  }
  const Json& hash = api["components"]["schemas"]["Health"]["properties"]["charter"];
  EXPECT_NE(check.mismatch(Json("XY"), hash), "");
}

}  // namespace
}  // namespace daymark::authority
