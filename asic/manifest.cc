#include "asic/manifest.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include <array>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::asic {
namespace {

constexpr char kNamespace[] = "http://uri.etsi.org/02918/v1.2.1#";
constexpr char kXmlDsig[] = "http://www.w3.org/2000/09/xmldsig#";
constexpr size_t kMostOctets = size_t{1} << 20;
// No XML_PARSE_NOENT, no DTD loading, no XML_PARSE_HUGE: libxml2's own bounds hold.
constexpr int kParseOptions = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;

// RFC 9231 2.1.
constexpr std::array<std::pair<DigestAlgorithm, const char*>, 3> kDigestMethods = {{
    {DigestAlgorithm::kSha256, "http://www.w3.org/2001/04/xmlenc#sha256"},
    {DigestAlgorithm::kSha384, "http://www.w3.org/2001/04/xmldsig-more#sha384"},
    {DigestAlgorithm::kSha512, "http://www.w3.org/2001/04/xmlenc#sha512"},
}};

absl::Status Malformed(absl::string_view what) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat("the container's manifest ", what));
}

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&apos;"}});
}

absl::string_view MethodOf(DigestAlgorithm algorithm) {
  for (const auto& [known, uri] : kDigestMethods) {
    if (known == algorithm) return uri;
  }
  return "";
}

std::optional<DigestAlgorithm> AlgorithmOf(absl::string_view method) {
  for (const auto& [known, uri] : kDigestMethods) {
    if (method == uri) return known;
  }
  return std::nullopt;
}

struct FreeParser {
  void operator()(xmlParserCtxt* parser) const { xmlFreeParserCtxt(parser); }
};
struct FreeDocument {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using DocumentPtr = std::unique_ptr<xmlDoc, FreeDocument>;

// A document type declaration ends the reading before anything in it is looked at.
void StopAtDoctype(void* parser, const xmlChar*, const xmlChar*, const xmlChar*) {
  xmlStopParser(static_cast<xmlParserCtxt*>(parser));
}

absl::string_view View(const xmlChar* text) {
  return text == nullptr ? absl::string_view() : reinterpret_cast<const char*>(text);
}

void SayNothing(void*, xmlErrorPtr) {}

// While it lives, libxml2 says nothing on standard error about what goes wrong on this thread.
class QuietXml {
 public:
  QuietXml() : former_context_(xmlStructuredErrorContext), former_handler_(xmlStructuredError) {
    xmlSetStructuredErrorFunc(nullptr, SayNothing);
  }
  ~QuietXml() { xmlSetStructuredErrorFunc(former_context_, former_handler_); }
  QuietXml(const QuietXml&) = delete;
  QuietXml& operator=(const QuietXml&) = delete;

 private:
  void* const former_context_;
  const xmlStructuredErrorFunc former_handler_;
};

absl::StatusOr<DocumentPtr> Parse(ByteSpan xml) {
  const QuietXml quiet;
  std::unique_ptr<xmlParserCtxt, FreeParser> parser(xmlNewParserCtxt());
  if (parser == nullptr) return MakeError(Reason::kInternal, "no memory to read XML");
  parser->sax->internalSubset = StopAtDoctype;
  DocumentPtr document(xmlCtxtReadMemory(parser.get(), reinterpret_cast<const char*>(xml.data()),
                                         static_cast<int>(xml.size()), nullptr, nullptr,
                                         kParseOptions));
  if (document == nullptr || parser->wellFormed != 1 || document->intSubset != nullptr) {
    return Malformed("is not well-formed XML without a document type");
  }
  return document;
}

bool Is(const xmlNode* node, const char* name_space, absl::string_view name) {
  return node->type == XML_ELEMENT_NODE && View(node->name) == name && node->ns != nullptr &&
         View(node->ns->href) == name_space;
}

std::string AttributeOf(xmlNode* node, const char* name) {
  const std::unique_ptr<xmlChar, void (*)(void*)> value(
      xmlGetNoNsProp(node, reinterpret_cast<const xmlChar*>(name)), [](void* p) { xmlFree(p); });
  return std::string(View(value.get()));
}

// The only child element of that name; nullptr if there is none or more than one.
xmlNode* OnlyChild(xmlNode* node, const char* name_space, absl::string_view name) {
  xmlNode* found = nullptr;
  for (xmlNode* child = node->children; child != nullptr; child = child->next) {
    if (!Is(child, name_space, name)) continue;
    if (found != nullptr) return nullptr;
    found = child;
  }
  return found;
}

// Without white space.
std::string DenseText(const xmlNode* node) {
  std::string text;
  for (const xmlNode* child = node->children; child != nullptr; child = child->next) {
    if (child->type == XML_TEXT_NODE) absl::StrAppend(&text, View(child->content));
  }
  return absl::StrReplaceAll(text, {{" ", ""}, {"\n", ""}, {"\r", ""}, {"\t", ""}});
}

absl::StatusOr<ManifestReference> ReadReference(xmlNode* node) {
  xmlNode* const method = OnlyChild(node, kXmlDsig, "DigestMethod");
  xmlNode* const value = OnlyChild(node, kXmlDsig, "DigestValue");
  ManifestReference reference{.uri = AttributeOf(node, "URI"),
                              .mime_type = AttributeOf(node, "MimeType")};
  if (reference.uri.empty() || method == nullptr || value == nullptr) {
    return Malformed("has a DataObjectReference without URI or digest");
  }
  reference.algorithm = AlgorithmOf(AttributeOf(method, "Algorithm"));
  std::optional<Bytes> digest = FromBase64(DenseText(value));
  if (!digest.has_value()) return Malformed("has a digest that is not base64");
  reference.digest = *std::move(digest);
  return reference;
}

}  // namespace

Bytes WriteManifest(const Manifest& manifest) {
  std::string xml = absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ASiCManifest xmlns=\"", kNamespace,
      "\" xmlns:ds=\"", kXmlDsig, "\">\n  <SigReference URI=\"", Escaped(manifest.signature_uri),
      "\" MimeType=\"", Escaped(manifest.signature_mime_type), "\"/>\n");
  for (const ManifestReference& reference : manifest.references) {
    absl::StrAppend(&xml, "  <DataObjectReference URI=\"", Escaped(reference.uri), "\" MimeType=\"",
                    Escaped(reference.mime_type), "\">\n    <ds:DigestMethod Algorithm=\"",
                    MethodOf(reference.algorithm.value_or(DigestAlgorithm::kSha256)),
                    "\"/>\n    <ds:DigestValue>", ToBase64(reference.digest),
                    "</ds:DigestValue>\n  </DataObjectReference>\n");
  }
  absl::StrAppend(&xml, "</ASiCManifest>\n");
  return ToBytes(xml);
}

absl::StatusOr<Manifest> ParseManifest(ByteSpan xml, size_t most_references) {
  if (xml.size() > kMostOctets) {
    return MakeError(Reason::kLimitExceeded, "the container's manifest is longer than 1 MiB");
  }
  ENKRAT_ASSIGN_OR_RETURN(const DocumentPtr document, Parse(xml));
  xmlNode* const root = xmlDocGetRootElement(document.get());
  if (root == nullptr || !Is(root, kNamespace, "ASiCManifest")) {
    return Malformed("is no ASiCManifest of EN 319 162-1");
  }
  xmlNode* const signature = OnlyChild(root, kNamespace, "SigReference");
  if (signature == nullptr) return Malformed("has not exactly one SigReference");
  Manifest manifest{.signature_uri = AttributeOf(signature, "URI"),
                    .signature_mime_type = AttributeOf(signature, "MimeType"),
                    .references = {}};
  for (xmlNode* child = root->children; child != nullptr; child = child->next) {
    if (!Is(child, kNamespace, "DataObjectReference")) continue;
    if (manifest.references.size() == most_references) {
      return MakeError(Reason::kLimitExceeded, "the container's manifest refers to too much");
    }
    ENKRAT_ASSIGN_OR_RETURN(ManifestReference reference, ReadReference(child));
    manifest.references.push_back(std::move(reference));
  }
  if (manifest.references.empty()) return Malformed("refers to nothing");
  return manifest;
}

}  // namespace enkrat::asic
