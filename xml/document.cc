#include "xml/document.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include <memory>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::xml {
namespace {

// No XML_PARSE_NOENT, no DTD loading, no XInclude, no XML_PARSE_HUGE: libxml2's own bounds hold.
constexpr int kParseOptions = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;

absl::Status Refuse(absl::string_view why) { return MakeError(Reason::kRequestMalformed, why); }

absl::string_view View(const xmlChar* text) {
  return text == nullptr ? absl::string_view() : reinterpret_cast<const char*>(text);
}

struct FreeParser {
  void operator()(xmlParserCtxt* parser) const { xmlFreeParserCtxt(parser); }
};

void SayNothing(void*, xmlErrorPtr) {}

// The node after `node` in document order, below `top`; nullptr at the end.
xmlNode* Next(xmlNode* node, const xmlNode* top) {
  if (node->children != nullptr && node->type == XML_ELEMENT_NODE) return node->children;
  while (node != top && node->next == nullptr) node = node->parent;
  return node == top ? nullptr : node->next;
}

// Comments out; anything but elements and text refused.
absl::Status KeepElementsAndText(xmlNode* root) {
  for (xmlNode* node = root; node != nullptr;) {
    xmlNode* const next = Next(node, root);
    if (node->type == XML_COMMENT_NODE) {
      xmlUnlinkNode(node);
      xmlFreeNode(node);
    } else if (node->type != XML_ELEMENT_NODE && node->type != XML_TEXT_NODE) {
      return Refuse("holds what is neither element nor text");
    }
    node = next;
  }
  return absl::OkStatus();
}

absl::Status CheckIdsUnique(xmlNode* root) {
  std::set<std::string> ids;
  for (xmlNode* node = root; node != nullptr; node = Next(node, root)) {
    if (node->type != XML_ELEMENT_NODE) continue;
    for (const xmlAttr* attribute = node->properties; attribute != nullptr;
         attribute = attribute->next) {
      if (!absl::EqualsIgnoreCase(View(attribute->name), "id")) continue;
      const xmlNode* text = attribute->children;
      if (text != nullptr && text->next != nullptr) return Refuse("an ID is not a plain text");
      if (!ids.insert(std::string(text == nullptr ? "" : View(text->content))).second) {
        return Refuse("two elements have one ID");
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

QuietParser::QuietParser()
    : former_context_(xmlStructuredErrorContext), former_handler_(xmlStructuredError) {
  xmlSetStructuredErrorFunc(nullptr, SayNothing);
}

QuietParser::~QuietParser() { xmlSetStructuredErrorFunc(former_context_, former_handler_); }

bool Element::Is(absl::string_view name_space, absl::string_view local_name) const {
  return View(node_->name) == local_name && node_->ns != nullptr &&
         View(node_->ns->href) == name_space;
}

std::optional<std::string> Element::Attribute(const char* name) const {
  xmlChar* const value = xmlGetNoNsProp(node_, reinterpret_cast<const xmlChar*>(name));
  if (value == nullptr) return std::nullopt;
  std::string text(View(value));
  xmlFree(value);
  return text;
}

std::string Element::Language() const {
  xmlChar* const value =
      xmlGetNsProp(node_, reinterpret_cast<const xmlChar*>("lang"), XML_XML_NAMESPACE);
  std::string text(View(value));
  xmlFree(value);
  return text;
}

std::vector<Element> Element::Children() const {
  std::vector<Element> children;
  for (xmlNode* child = node_->children; child != nullptr; child = child->next) {
    if (child->type == XML_ELEMENT_NODE) children.emplace_back(child);
  }
  return children;
}

std::vector<Element> Element::Children(absl::string_view name_space,
                                       absl::string_view local_name) const {
  std::vector<Element> children;
  for (const Element child : Children()) {
    if (child.Is(name_space, local_name)) children.push_back(child);
  }
  return children;
}

absl::StatusOr<Element> Element::Child(absl::string_view name_space,
                                       absl::string_view local_name) const {
  const std::vector<Element> children = Children(name_space, local_name);
  if (children.size() == 1) return children.front();
  return Refuse(
      absl::StrCat(children.empty() ? "there is no " : "there is more than one ", local_name));
}

std::vector<Element> Element::Descendants() const {
  std::vector<Element> all;
  for (xmlNode* node = node_; node != nullptr; node = Next(node, node_)) {
    if (node->type == XML_ELEMENT_NODE) all.emplace_back(node);
  }
  return all;
}

absl::StatusOr<std::string> Element::Text() const {
  std::string text;
  for (const xmlNode* child = node_->children; child != nullptr; child = child->next) {
    // Several pieces are one text: where comments were taken out, or the parser split a long one.
    if (child->type != XML_TEXT_NODE) {
      return Refuse(absl::StrCat(View(node_->name), " is not text alone"));
    }
    absl::StrAppend(&text, View(child->content));
  }
  return text;
}

absl::StatusOr<std::string> Element::DenseText() const {
  ENKRAT_ASSIGN_OR_RETURN(std::string text, Text());
  std::string dense;
  for (const char c : text) {
    if (!absl::ascii_isspace(static_cast<unsigned char>(c))) dense.push_back(c);
  }
  return dense;
}

void Document::Free::operator()(_xmlDoc* document) const { xmlFreeDoc(document); }

absl::StatusOr<Document> Document::Parse(ByteSpan xml, const MarkupBounds& bounds) {
  const absl::string_view text(reinterpret_cast<const char*>(xml.data()), xml.size());
  ENKRAT_RETURN_IF_ERROR(CheckMarkup(text, bounds));
  const QuietParser quiet;
  const std::unique_ptr<xmlParserCtxt, FreeParser> parser(xmlNewParserCtxt());
  if (parser == nullptr) return MakeError(Reason::kInternal, "no memory for an XML parser");
  Document document(xmlCtxtReadMemory(parser.get(), text.data(), static_cast<int>(text.size()),
                                      nullptr, "UTF-8", kParseOptions));
  if (document.document_ == nullptr || parser->nsWellFormed == 0) {
    return Refuse("is not well-formed XML");
  }
  if (document.document_->intSubset != nullptr || document.document_->extSubset != nullptr) {
    return Refuse("holds a document type declaration");
  }
  xmlNode* const root = xmlDocGetRootElement(document.document_.get());
  if (root == nullptr) return Refuse("has no element");
  ENKRAT_RETURN_IF_ERROR(KeepElementsAndText(root));
  ENKRAT_RETURN_IF_ERROR(CheckIdsUnique(root));
  return document;
}

Element Document::root() const { return Element(xmlDocGetRootElement(document_.get())); }

}  // namespace enkrat::xml
