#include "signer/pdf_job.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/default_text.h"
#include "signer/canonical_octets.h"

namespace enkrat::signer {
namespace {

void AddAppearance(const pades::Appearance& appearance, CanonicalOctets& octets) {
  octets.Item(absl::StrCat(appearance.page));
  const pades::Rectangle& place = appearance.place;
  for (const double number : {place.left, place.bottom, place.width, place.height}) {
    octets.Item(absl::StrFormat("%.6f", number));
  }
  octets.Item(absl::string_view(appearance.text));
  octets.Item(ByteSpan(appearance.image));
}

Bytes DigestOf(const pades::SignatureOptions& options) {
  CanonicalOctets octets("enkrat/pdf-options/v1");
  for (const std::string* text :
       {&options.field_name, &options.reason, &options.location, &options.contact}) {
    octets.Item(absl::string_view(*text));
  }
  octets.Item(absl::StrCat(options.certify.has_value() ? static_cast<int>(*options.certify) : 0));
  if (options.appearance.has_value()) AddAppearance(*options.appearance, octets);
  return ToBytes(Sha256(octets.octets()));
}

// All of them: a disk that fails in the middle must not shorten what becomes the result.
absl::StatusOr<Bytes> OctetsFrom(const std::string& path, uintmax_t offset) {
  std::error_code failed;
  const uintmax_t size = std::filesystem::file_size(path, failed);
  if (failed || size < offset) return MakeError(Reason::kInternal, "the document's copy is gone");
  Bytes octets(size - offset);
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(reinterpret_cast<char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
  if (!file) return MakeError(Reason::kInternal, "cannot read the document's copy");
  return octets;
}

}  // namespace

pades::PadesLevel PadesLevelOf(SignatureFormat format) {
  if (NeedsArchiveTimestamp(format)) return pades::PadesLevel::kBaselineLta;
  if (NeedsValidationData(format)) return pades::PadesLevel::kBaselineLt;
  return IsTimestamped(format) ? pades::PadesLevel::kBaselineT : pades::PadesLevel::kBaselineB;
}

PdfJob::PdfJob(Options options)
    : options_(std::move(options)), options_digest_(DigestOf(options_.signature)) {}

absl::Status PdfJob::Prepare(absl::string_view signer_name, absl::Time signing_time) {
  pades::SignatureOptions signature = options_.signature;
  signature.digest_algorithm = options_.digest_algorithm;
  signature.signing_time = signing_time;
  signature.signer_name = std::string(signer_name);
  if (signature.appearance.has_value()) {
    std::string& text = signature.appearance->text;
    const pades::SigningFacts facts = {.name = signature.signer_name,
                                       .time = signing_time,
                                       .reason = signature.reason,
                                       .location = signature.location};
    ENKRAT_ASSIGN_OR_RETURN(text, text.empty() ? pades::DefaultAppearanceText(facts)
                                               : pades::ExpandAppearanceText(text, facts));
  }
  ENKRAT_ASSIGN_OR_RETURN(pades::SignatureUpdate update,
                          pades::PrepareSignature(options_.path, signature));
  update_.emplace(std::move(update));
  prepared_at_ = signing_time;
  return absl::OkStatus();
}

absl::StatusOr<Bytes> PdfJob::Finish(SignatureFormat format, ByteSpan cms_der,
                                     const ValidationData& data,
                                     const pades::TimestampSource& timestamp) {
  std::error_code failed;
  const uintmax_t before = std::filesystem::file_size(options_.path, failed);
  if (failed) return MakeError(Reason::kInternal, "the document's copy is gone");
  ENKRAT_RETURN_IF_ERROR(pades::FinishPdf(
      options_.path, *update_, cms_der,
      {.level = PadesLevelOf(format),
       .validation_data = &data,
       .timestamp = timestamp,
       .document_timestamp = {.digest_algorithm = options_.digest_algorithm,
                              .contents_octets = options_.signature.contents_octets}}));
  return OctetsFrom(options_.path, before);
}

}  // namespace enkrat::signer
