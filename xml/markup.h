// The look at XML text before any parser sees it: what it may not hold, and how much of the rest.
#ifndef ENKRAT_XML_MARKUP_H_
#define ENKRAT_XML_MARKUP_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace enkrat::xml {

// Largest text and what may be in it: each is a loop of the parser or of canonicalisation.
struct MarkupBounds {
  size_t size = 256 * 1024;  // octets
  int depth = 128;
  int elements = 4096;
  int attributes = 64;  // of one element, namespace declarations among them
  bool comments_allowed = false;
};

// OK for a text in UTF-8 with at most an XML declaration, elements and character data. Refused:
// document type declarations, and with them every entity; processing instructions, CDATA sections,
// and comments unless they are allowed; other encodings, in which "<!" could be spelled otherwise;
// more than the bounds. In well-formed XML a '<' stands for nothing else, so that this look misses
// none. kRequestMalformed or kLimitExceeded; the message holds nothing of the text. Whether it is
// well formed is for the parser to say.
absl::Status CheckMarkup(absl::string_view xml, const MarkupBounds& bounds);

}  // namespace enkrat::xml

#endif  // ENKRAT_XML_MARKUP_H_
