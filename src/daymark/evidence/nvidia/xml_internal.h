// XML documents of others, read with libxml2 but without what makes XML dangerous: no document
// type, so no entities but the five of XML itself, no network, UTF-8 only, bounded size.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <libxml/tree.h>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::evidence::xml {

struct Attribute {
  std::string_view space;  ///< namespace; empty for none
  std::string_view name;
  std::string value;
};

/// An element of a document, which must outlive it.
class Element {
 public:
  explicit Element(xmlNode* node) : node_(node) {}

  [[nodiscard]] bool is(std::string_view space, std::string_view name) const;

  [[nodiscard]] std::uint32_t line() const;

  /// Without declarations of namespaces.
  [[nodiscard]] std::vector<Attribute> attributes() const;
  [[nodiscard]] std::optional<std::string> attribute(std::string_view space,
                                                     std::string_view name) const;

  /// The elements directly inside. Comments and processing instructions are passed over; nullopt
  /// where there is text that isn't white space.
  [[nodiscard]] std::optional<std::vector<Element>> children() const;

  /// The text inside; nullopt where there is anything else.
  [[nodiscard]] std::optional<std::string> text() const;

  /// How many elements of this name the element holds, itself and any depth included.
  [[nodiscard]] std::size_t count(std::string_view space, std::string_view name) const;

  [[nodiscard]] xmlNode* node() const { return node_; }

 private:
  xmlNode* node_;
};

class Document {
 public:
  /// Errors: errc::rim_doctype, errc::rim_xml (offset: the line where libxml2 gave up).
  [[nodiscard]] static Result<Document> parse(ByteView text);

  [[nodiscard]] Element root() const;

  /// Canonical XML 1.1 without comments (W3C xml-c14n11): the whole document without `left_out` and
  /// what is inside it. Empty if libxml2 can't.
  [[nodiscard]] std::string canonical_without(const Element& left_out) const;

  /// The same for one element and what is inside it, with the namespaces that it inherits.
  [[nodiscard]] std::string canonical_of(const Element& element) const;

 private:
  struct Freed {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
  };

  explicit Document(xmlDoc* document) : document_(document) {}

  std::unique_ptr<xmlDoc, Freed> document_;
};

}  // namespace daymark::evidence::xml
