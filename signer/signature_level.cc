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
    case SignatureFormat::kCadesBLT:
      return "CADES_B_LT";
    case SignatureFormat::kCadesBLTA:
      return "CADES_B_LTA";
    case SignatureFormat::kPadesBB:
      return "PADES_B_B";
    case SignatureFormat::kPadesBT:
      return "PADES_B_T";
    case SignatureFormat::kPadesBLT:
      return "PADES_B_LT";
    case SignatureFormat::kPadesBLTA:
      return "PADES_B_LTA";
  }
  return "";
}

bool IsPades(SignatureFormat format) {
  switch (format) {
    case SignatureFormat::kPadesBB:
    case SignatureFormat::kPadesBT:
    case SignatureFormat::kPadesBLT:
    case SignatureFormat::kPadesBLTA:
      return true;
    default:
      return false;
  }
}

bool IsCades(SignatureFormat format) { return format != SignatureFormat::kRaw && !IsPades(format); }

bool IsTimestamped(SignatureFormat format) {
  return format != SignatureFormat::kCadesBB && format != SignatureFormat::kPadesBB;
}

bool NeedsArchiveTimestamp(SignatureFormat format) {
  return format == SignatureFormat::kCadesBLTA || format == SignatureFormat::kPadesBLTA;
}

bool NeedsValidationData(SignatureFormat format) {
  return NeedsArchiveTimestamp(format) || format == SignatureFormat::kCadesBLT ||
         format == SignatureFormat::kPadesBLT;
}

}  // namespace enkrat::signer
