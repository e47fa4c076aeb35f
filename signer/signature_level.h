// The closed sets that a request chooses from, and their names in SAD, evidence and configuration.
#ifndef ENKRAT_SIGNER_SIGNATURE_LEVEL_H_
#define ENKRAT_SIGNER_SIGNATURE_LEVEL_H_

#include "absl/strings/string_view.h"

namespace enkrat::signer {

enum class SignatureLevel { kAdvanced, kAdvancedWithQualifiedCertificate, kQualified };
enum class SignatureKind { kSignature, kSeal };
enum class SignatureFormat { kRaw, kCadesBB, kCadesBT };

// "ADVANCED", "ADVANCED_WITH_QUALIFIED_CERTIFICATE", "QUALIFIED".
absl::string_view LevelName(SignatureLevel level);
// "SIGNATURE", "SEAL".
absl::string_view KindName(SignatureKind kind);
// "RAW", "CADES_B_B", "CADES_B_T".
absl::string_view FormatName(SignatureFormat format);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNATURE_LEVEL_H_
