// XML that was let in: an immutable tree of elements and text, nothing else.
#ifndef ENKRAT_XML_DOCUMENT_H_
#define ENKRAT_XML_DOCUMENT_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "xml/markup.h"

struct _xmlDoc;  // libxml2's names
struct _xmlError;
struct _xmlNode;

namespace enkrat::xml {

// An element of an Document, which must outlive it. Cheap to copy.
class Element {
 public:
  explicit Element(_xmlNode* node) : node_(node) {}

  bool Is(absl::string_view name_space, absl::string_view local_name) const;
  // The value of an attribute without a namespace; nothing if there is no such attribute.
  std::optional<std::string> Attribute(const char* name) const;
  // Its own xml:lang; empty if it has none.
  std::string Language() const;
  // Child elements, in document order.
  std::vector<Element> Children() const;
  // Those of one name.
  std::vector<Element> Children(absl::string_view name_space, absl::string_view local_name) const;
  // The only child of that name; kRequestMalformed if there is none or more than one.
  absl::StatusOr<Element> Child(absl::string_view name_space, absl::string_view local_name) const;
  // The element itself and all below it, in document order.
  std::vector<Element> Descendants() const;
  // All of its text; kRequestMalformed if there is an element in it.
  absl::StatusOr<std::string> Text() const;
  // Text without any white space: base64 in lines.
  absl::StatusOr<std::string> DenseText() const;

  _xmlNode* node() const { return node_; }
  bool operator==(const Element& other) const { return node_ == other.node_; }

 private:
  _xmlNode* node_;  // never null
};

// Owns the tree. Movable. Used by one thread at a time (verifying registers IDs in it).
class Document {
 public:
  // Refuses, besides what CheckMarkup does, what is not well formed with namespaces, and two
  // elements of one ID, by whatever name and case the attribute goes ("ID", "Id", "xml:id").
  // Nothing is fetched, no entity expanded but the five that XML has itself; comments are taken
  // out. kRequestMalformed or kLimitExceeded.
  static absl::StatusOr<Document> Parse(ByteSpan xml, const MarkupBounds& bounds);

  Element root() const;

 private:
  struct Free {
    void operator()(_xmlDoc* document) const;
  };
  explicit Document(_xmlDoc* document) : document_(document) {}

  std::unique_ptr<_xmlDoc, Free> document_;
};

// While it lives, libxml2 says nothing on standard error about what goes wrong on this thread.
class QuietParser {
 public:
  QuietParser();
  ~QuietParser();
  QuietParser(const QuietParser&) = delete;
  QuietParser& operator=(const QuietParser&) = delete;

 private:
  void* const former_context_;
  void (*const former_handler_)(void*, _xmlError*);
};

}  // namespace enkrat::xml

#endif  // ENKRAT_XML_DOCUMENT_H_
