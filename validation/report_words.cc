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

absl::string_view AdviceFor(SubIndication sub_indication) {
  switch (sub_indication) {
    case SubIndication::kNoCertificateChainFound:
      return "trust in its root, or in a trusted list that names it; or certificates that it lacks";
    case SubIndication::kNoSigningCertificateFound:
      return "the certificate that the signature names";
    case SubIndication::kSignedDataNotFound:
      return "what was signed";
    case SubIndication::kTryLater:
    case SubIndication::kRevocationOutOfBoundsNoPoe:
      return "newer revocation data: given, or fetched";
    case SubIndication::kOutOfBoundsNotRevoked:
    case SubIndication::kOutOfBoundsNoPoe:
      return "a timestamp from before the certificate's end, itself good";
    case SubIndication::kRevokedNoPoe:
    case SubIndication::kRevokedCaNoPoe:
      return "a timestamp from before the revocation, itself good";
    case SubIndication::kCryptoConstraintsFailureNoPoe:
      return "a timestamp from when the algorithm was reliable, itself good";
    default:
      return "";
  }
}

}  // namespace enkrat::validation
