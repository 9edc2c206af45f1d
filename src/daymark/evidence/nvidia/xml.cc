#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/nvidia/xml_internal.h"

namespace daymark::evidence::xml {

namespace {

constexpr std::string_view document_type = "<!DOCTYPE";

struct XmlCharsFreed {
  void operator()(xmlChar* text) const { xmlFree(text); }
};

struct XmlBufferClosed {
  void operator()(xmlOutputBuffer* buffer) const { xmlOutputBufferClose(buffer); }
};

struct XmlContextFreed {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};

using XmlChars = std::unique_ptr<xmlChar, XmlCharsFreed>;

std::string_view view_of(const xmlChar* text) {
  return text == nullptr ? std::string_view{}
                         : std::string_view(reinterpret_cast<const char*>(text));
}

std::string_view space_of(const xmlNs* space) {
  return space == nullptr ? std::string_view{} : view_of(space->href);
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool is_text(const xmlNode* node) {
  return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

bool is_passed_over(const xmlNode* node) {
  return node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE;
}

void ignore_error(void* /*context*/, xmlErrorPtr /*error*/) {}

/// Keeps libxml2 from writing to stderr about hostile input, on this thread.
class QuietXml {
 public:
  QuietXml() : handler_(xmlStructuredError), context_(xmlStructuredErrorContext) {
    xmlSetStructuredErrorFunc(nullptr, ignore_error);
  }

  QuietXml(const QuietXml&) = delete;
  QuietXml& operator=(const QuietXml&) = delete;
  QuietXml(QuietXml&&) = delete;
  QuietXml& operator=(QuietXml&&) = delete;

  ~QuietXml() { xmlSetStructuredErrorFunc(context_, handler_); }

 private:
  xmlStructuredErrorFunc handler_;
  void* context_;
};

/// libxml2 wants to be initialised before threads use it.
void initialise() {
  static const bool once = [] {
    xmlInitParser();
    return true;
  }();
  static_cast<void>(once);
}

struct Selection {
  const xmlNode* element;
  /// Whether what is inside the element is visible, or what is outside.
  bool inside;
};

/// libxml2 asks about namespaces and attributes as if they were nodes, with their element as
/// parent.
int is_visible(void* data, xmlNode* node, xmlNode* parent) {
  const auto& selection = *static_cast<const Selection*>(data);
  const bool own = node->type == XML_NAMESPACE_DECL || node->type == XML_ATTRIBUTE_NODE;
  bool inside = false;
  for (const xmlNode* at = own ? parent : node; at != nullptr && !inside; at = at->parent)
    inside = at == selection.element;
  return inside == selection.inside ? 1 : 0;
}

std::string canonical(xmlDoc* document, Selection selection) {
  const QuietXml quiet;
  const std::unique_ptr<xmlOutputBuffer, XmlBufferClosed> buffer(xmlAllocOutputBuffer(nullptr));
  if (!buffer) return {};
  const int written =
      xmlC14NExecute(document, is_visible, &selection, XML_C14N_1_1, nullptr, 0, buffer.get());
  if (written < 0 || xmlOutputBufferFlush(buffer.get()) < 0) return {};
  return {reinterpret_cast<const char*>(xmlOutputBufferGetContent(buffer.get())),
          xmlOutputBufferGetSize(buffer.get())};
}

}  // namespace

bool Element::is(std::string_view space, std::string_view name) const {
  return view_of(node_->name) == name && space_of(node_->ns) == space;
}

std::uint32_t Element::line() const {
  const long line = xmlGetLineNo(node_);
  return line < 0 ? 0 : static_cast<std::uint32_t>(line);
}

std::vector<Attribute> Element::attributes() const {
  std::vector<Attribute> out;
  for (const xmlAttr* at = node_->properties; at != nullptr; at = at->next) {
    const XmlChars value(xmlNodeListGetString(node_->doc, at->children, 1));
    out.push_back({space_of(at->ns), view_of(at->name), std::string(view_of(value.get()))});
  }
  return out;
}

std::optional<std::string> Element::attribute(std::string_view space, std::string_view name) const {
  for (Attribute& one : attributes()) {
    if (one.space == space && one.name == name) return std::move(one.value);
  }
  return std::nullopt;
}

std::optional<std::vector<Element>> Element::children() const {
  std::vector<Element> out;
  for (xmlNode* at = node_->children; at != nullptr; at = at->next) {
    if (is_passed_over(at) || (is_text(at) && is_blank(view_of(at->content)))) continue;
    if (at->type != XML_ELEMENT_NODE) return std::nullopt;
    out.emplace_back(at);
  }
  return out;
}

std::optional<std::string> Element::text() const {
  std::string out;
  for (const xmlNode* at = node_->children; at != nullptr; at = at->next) {
    if (!is_text(at)) return std::nullopt;
    out += view_of(at->content);
  }
  return out;
}

std::size_t Element::count(std::string_view space, std::string_view name) const {
  std::size_t out = is(space, name) ? 1 : 0;
  for (xmlNode* at = node_->children; at != nullptr; at = at->next) {
    if (at->type == XML_ELEMENT_NODE) out += Element(at).count(space, name);
  }
  return out;
}

Result<Document> Document::parse(ByteView text) {
  initialise();
  const std::size_t type = text_of(text).find(document_type);
  if (type != std::string_view::npos) {
    return fail(errc::rim_doctype, no_field, static_cast<std::uint32_t>(type));
  }
  const QuietXml quiet;
  const std::unique_ptr<xmlParserCtxt, XmlContextFreed> context(xmlNewParserCtxt());
  if (!context) return fail(errc::rim_xml, field::rim_line);
  constexpr int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
  Document out(xmlCtxtReadMemory(context.get(), reinterpret_cast<const char*>(text.data()),
                                 static_cast<int>(text.size()), nullptr, "UTF-8", options));
  if (!out.document_ || xmlDocGetRootElement(out.document_.get()) == nullptr) {
    const int line = context->lastError.line;
    return fail(errc::rim_xml, field::rim_line, line < 0 ? 0 : static_cast<std::uint32_t>(line));
  }
  // The search above sees UTF-8 alone; this sees what the parser saw.
  if (out.document_->intSubset != nullptr) return fail(errc::rim_doctype, field::rim_line);
  return out;
}

Element Document::root() const {
  return Element(xmlDocGetRootElement(document_.get()));
}

std::string Document::canonical_without(const Element& left_out) const {
  return canonical(document_.get(), {left_out.node(), false});
}

std::string Document::canonical_of(const Element& element) const {
  return canonical(document_.get(), {element.node(), true});
}

}  // namespace daymark::evidence::xml
