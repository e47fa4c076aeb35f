// The closed sets that a request chooses from, and their names in SAD, evidence and configuration.
#ifndef ENKRAT_SIGNER_SIGNATURE_LEVEL_H_
#define ENKRAT_SIGNER_SIGNATURE_LEVEL_H_

#include "absl/strings/string_view.h"

namespace enkrat::signer {

enum class SignatureLevel { kAdvanced, kAdvancedWithQualifiedCertificate, kQualified };
enum class SignatureKind { kSignature, kSeal };
enum class SignatureFormat {
  kRaw,
  kCadesBB,
  kCadesBT,
  kCadesBLT,
  kCadesBLTA,
  kPadesBB,
  kPadesBT,
  kPadesBLT,
  kPadesBLTA,
};

// Whether the content of a CMS lies in it or beside it (RFC 5652 5.2).
enum class SignaturePackaging { kDetached, kEnveloping };

// "ADVANCED", "ADVANCED_WITH_QUALIFIED_CERTIFICATE", "QUALIFIED".
absl::string_view LevelName(SignatureLevel level);
// "SIGNATURE", "SEAL".
absl::string_view KindName(SignatureKind kind);
// "RAW", "CADES_B_B", ... "PADES_B_LTA".
absl::string_view FormatName(SignatureFormat format);

bool IsCades(SignatureFormat format);
bool IsPades(SignatureFormat format);
// The signature value gets a timestamp: all but level B-B. (RAW does too, beside it.)
bool IsTimestamped(SignatureFormat format);
// Levels B-LT and B-LTA: certificates and revocation data go with it.
bool NeedsValidationData(SignatureFormat format);
// Level B-LTA: a timestamp over all of it.
bool NeedsArchiveTimestamp(SignatureFormat format);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNATURE_LEVEL_H_
