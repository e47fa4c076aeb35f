#include "signer/signature_level.h"

namespace enkrat::signer {

absl::string_view LevelName(SignatureLevel level) {
  switch (level) {
    case SignatureLevel::kAdvanced:
      return "ADVANCED";
    case SignatureLevel::kAdvancedWithQualifiedCertificate:
      return "ADVANCED_WITH_QUALIFIED_CERTIFICATE";
    case SignatureLevel::kQualified:
      return "QUALIFIED";
  }
  return "";
}

absl::string_view KindName(SignatureKind kind) {
  return kind == SignatureKind::kSignature ? "SIGNATURE" : "SEAL";
}

absl::string_view FormatName(SignatureFormat format) {
  switch (format) {
    case SignatureFormat::kRaw:
      return "RAW";
    case SignatureFormat::kCadesBB:
      return "CADES_B_B";
    case SignatureFormat::kCadesBT:
      return "CADES_B_T";
  }
  return "";
}

}  // namespace enkrat::signer
