#include "cli/intent.h"

#include <filesystem>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "cli/progress.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/request_rules.h"

namespace enkrat::cli {
namespace {

// The errors of signer/ are about a request; here the request is the command line.
absl::Status AsUsage(const absl::Status& status) {
  return status.ok() ? status : UsageError(status.message());  // which names the field
}

absl::StatusOr<Bytes> DigestWithProgress(const std::string& file, DigestAlgorithm algorithm,
                                         const Context& context) {
  Progress progress(context, absl::StrCat("digesting ", file));
  return DigestFile(file, algorithm,
                    [&](uint64_t done, uint64_t total) { progress.Report(done, total); });
}

}  // namespace

std::optional<signer::SignatureLevel> ParseLevel(const std::string& word) {
  if (word == "advanced") return signer::SignatureLevel::kAdvanced;
  if (word == "advanced-qc") return signer::SignatureLevel::kAdvancedWithQualifiedCertificate;
  if (word == "qualified") return signer::SignatureLevel::kQualified;
  return std::nullopt;
}

std::optional<signer::SignatureKind> ParseKind(const std::string& word) {
  if (word == "signature") return signer::SignatureKind::kSignature;
  if (word == "seal") return signer::SignatureKind::kSeal;
  return std::nullopt;
}

std::optional<signer::SignatureFormat> ParseFormat(const std::string& word) {
  if (word == "raw") return signer::SignatureFormat::kRaw;
  if (word == "cades-b-b" || word == "cades-bb") return signer::SignatureFormat::kCadesBB;
  if (word == "cades-b-t" || word == "cades-bt") return signer::SignatureFormat::kCadesBT;
  if (word == "cades-b-lt") return signer::SignatureFormat::kCadesBLT;
  if (word == "cades-b-lta") return signer::SignatureFormat::kCadesBLTA;
  if (word == "pades-b-b") return signer::SignatureFormat::kPadesBB;
  if (word == "pades-b-t") return signer::SignatureFormat::kPadesBT;
  if (word == "pades-b-lt") return signer::SignatureFormat::kPadesBLT;
  if (word == "pades-b-lta") return signer::SignatureFormat::kPadesBLTA;
  return std::nullopt;
}

std::optional<DigestAlgorithm> ParseDigest(const std::string& word) {
  if (word == "sha256") return DigestAlgorithm::kSha256;
  if (word == "sha384") return DigestAlgorithm::kSha384;
  if (word == "sha512") return DigestAlgorithm::kSha512;
  return std::nullopt;
}

std::optional<KeyAlgorithm> ParseKeyAlgorithm(const std::string& word) {
  if (word == "p256") return KeyAlgorithm::kEcdsaP256;
  if (word == "p384") return KeyAlgorithm::kEcdsaP384;
  if (word == "rsa3072") return KeyAlgorithm::kRsaPss3072;
  return std::nullopt;
}

std::string NewRequestId() {
  Bytes octets = RandomBytes(16);
  octets[6] = static_cast<uint8_t>((octets[6] & 0x0f) | 0x40);
  octets[8] = static_cast<uint8_t>((octets[8] & 0x3f) | 0x80);
  std::string text = ToHex(octets);
  for (const size_t dash : {8, 13, 18, 23}) text.insert(dash, "-");
  return text;
}

absl::StatusOr<signer::SigningIntent> BuildIntent(const IntentArguments& arguments,
                                                  const Context& context) {
  return BuildIntent(arguments, [&](size_t i, DigestAlgorithm algorithm) {
    return DigestWithProgress(arguments.files[i], algorithm, context);
  });
}

absl::StatusOr<signer::SigningIntent> BuildIntent(const IntentArguments& arguments,
                                                  const DigestOfDocument& digest_of) {
  const auto level = ParseLevel(arguments.level);
  const auto kind = ParseKind(arguments.kind);
  const auto digest = ParseDigest(arguments.digest.empty() ? "sha256" : arguments.digest);
  if (!level.has_value()) return UsageError("--level is advanced, advanced-qc or qualified");
  if (!kind.has_value()) return UsageError("--kind is signature or seal");
  if (!digest.has_value()) return UsageError("--digest is sha256, sha384 or sha512");
  if ((*kind == signer::SignatureKind::kSeal) == arguments.organization.empty()) {
    return UsageError("--organization names who seals: it goes with --kind seal");
  }
  if (!arguments.labels.empty() && arguments.labels.size() != arguments.files.size()) {
    return UsageError("--label must be given once for each file, or not at all");
  }
  signer::SigningIntent intent{.request_id = arguments.request_id.empty()
                                                 ? NewRequestId()
                                                 : absl::AsciiStrToLower(arguments.request_id),
                               .level = *level,
                               .kind = *kind,
                               .documents = {},
                               .organization_identifier = arguments.organization};
  // Before the digests: a wrong id should not cost the reading of large files.
  ENKRAT_RETURN_IF_ERROR(AsUsage(signer::CheckRequestId(intent.request_id)));
  for (size_t i = 0; i < arguments.files.size(); ++i) {
    const std::string& file = arguments.files[i];
    ENKRAT_ASSIGN_OR_RETURN(Bytes value, digest_of(i, *digest));
    intent.documents.push_back({.label = arguments.labels.empty()
                                             ? std::filesystem::path(file).filename().string()
                                             : arguments.labels[i],
                                .digest_algorithm = *digest,
                                .digest = std::move(value)});
  }
  ENKRAT_RETURN_IF_ERROR(AsUsage(signer::CheckIntent(intent)));
  return intent;
}

}  // namespace enkrat::cli
