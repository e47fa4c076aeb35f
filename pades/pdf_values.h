// Texts, dates and rectangles out of a PDF, for whoever reads what a stranger wrote.
#ifndef ENKRAT_PADES_PDF_VALUES_H_
#define ENKRAT_PADES_PDF_VALUES_H_

#include <optional>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "pades/object_id.h"

class QPDFObjectHandle;

namespace enkrat::pades {

// UTF-8 of a text string (ISO 32000-1 7.9.2), cut after 1024 octets; empty for anything else.
std::string TextOf(QPDFObjectHandle value);
// A name without its slash; empty for anything else.
std::string NameOf(QPDFObjectHandle value);
// "D:YYYYMMDDHHmmSSOHH'mm" (7.9.4), in whole seconds; without a zone it counts as UTC. nullopt for
// anything else.
std::optional<absl::Time> ParsePdfDate(absl::string_view text);

// Corners in order.
struct Box {
  double left = 0;
  double bottom = 0;
  double right = 0;
  double top = 0;

  double width() const { return right - left; }
  double height() const { return top - bottom; }
  bool empty() const { return !(width() > 0 && height() > 0); }
  // Whether they share more than an edge.
  bool Overlaps(const Box& other) const;
};
// nullopt unless it is an array of four finite numbers.
std::optional<Box> BoxOf(QPDFObjectHandle value);

// The keys of both dictionaries, those too that lead to nothing (which the parser passes over: an
// object that is taken away must not take its key along).
std::set<std::string> KeysOf(QPDFObjectHandle one, QPDFObjectHandle other);

ObjectId IdOf(const QPDFObjectHandle& object);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_PDF_VALUES_H_
