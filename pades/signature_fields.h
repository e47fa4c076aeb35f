// The signature fields of a PDF and the signature dictionaries in them (ISO 32000-1 12.7.4.5,
// 12.8.1), as they are written: nothing is believed yet.
#ifndef ENKRAT_PADES_SIGNATURE_FIELDS_H_
#define ENKRAT_PADES_SIGNATURE_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "pades/object_id.h"
#include "pades/signed_pdf.h"
#include "pades/strict_document.h"

namespace enkrat::pades {

// Fields that may not change after the signature: /Lock of the field, or a FieldMDP reference of
// the signature (ISO 32000-1 12.7.4.5 table 233, 12.8.2.4).
struct SignatureLock {
  enum class Action { kAll, kInclude, kExclude };
  Action action = Action::kAll;
  std::vector<std::string> fields;
  std::optional<int> permission;  // /P, which ISO 32000-2 12.7.5.5 adds

  bool Locks(const std::string& field) const;
};

struct FoundSignature {
  PdfSignature signature;  // the shape's defects are in it; no contents_der, nothing of revisions
  ObjectId value;          // the signature dictionary; direct if it is none of its own
  std::vector<SignatureLock> locks;
  Bytes contents;               // with the padding
  int64_t contents_offset = 0;  // where the parser found the string, counted from the begin
};

// Every signature that a field of the form or a widget on a page holds, unsigned fields left out,
// in no order. kLimitExceeded for more than `most` and when the budget is spent.
absl::StatusOr<std::vector<FoundSignature>> FindSignatures(StrictDocument& document, size_t most,
                                                           StepBudget& budget);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_SIGNATURE_FIELDS_H_
