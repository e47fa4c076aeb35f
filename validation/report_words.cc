#include "validation/report_words.h"

namespace enkrat::validation {

absl::string_view CheckResultName(Check::Result result) {
  switch (result) {
    case Check::Result::kPassed:
      return "passed";
    case Check::Result::kFailed:
      return "failed";
    case Check::Result::kWarning:
      return "warning";
    case Check::Result::kNotApplicable:
      return "not-applicable";
  }
  return "failed";
}

absl::string_view RevocationName(ChainElement::Revocation revocation) {
  switch (revocation) {
    case ChainElement::Revocation::kNotNeeded:
      return "not-needed";
    case ChainElement::Revocation::kGood:
      return "good";
    case ChainElement::Revocation::kRevoked:
      return "revoked";
    case ChainElement::Revocation::kUnknown:
      return "unknown";
  }
  return "unknown";
}

absl::string_view TimestampKindName(TimestampReport::Kind kind) {
  switch (kind) {
    case TimestampReport::Kind::kSignature:
      return "signature";
    case TimestampReport::Kind::kArchive:
      return "archive";
    case TimestampReport::Kind::kDocument:
      return "document";
    case TimestampReport::Kind::kContainer:
      return "container";
    case TimestampReport::Kind::kAlone:
      return "alone";
  }
  return "signature";
}

}  // namespace enkrat::validation
