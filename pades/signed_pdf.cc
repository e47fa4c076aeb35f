#include "pades/signed_pdf.h"

#include <algorithm>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/byte_range_rules.h"
#include "pades/document_octets.h"
#include "pades/signature_fields.h"
#include "pades/signed_revisions.h"
#include "pades/stored_validation_data.h"
#include "pades/strict_document.h"

namespace enkrat::pades {
namespace {

constexpr uint64_t kMostSteps = 4'000'000;

class JudgedPdf final : public SignedPdf {
 public:
  JudgedPdf(std::shared_ptr<const DocumentOctets> octets, std::vector<PdfSignature> signatures,
            ValidationData validation_data)
      : octets_(std::move(octets)),
        signatures_(std::move(signatures)),
        validation_data_(std::move(validation_data)) {}

  const std::vector<PdfSignature>& signatures() const override { return signatures_; }
  const ValidationData& validation_data() const override { return validation_data_; }

  absl::StatusOr<Bytes> DigestOf(size_t index, DigestAlgorithm algorithm) const override {
    if (index >= signatures_.size()) {
      return MakeError(Reason::kNotFound, "the document has no such signature");
    }
    const PdfSignature& signature = signatures_[index];
    // Without a range that keeps the rules, no octets are known to be covered.
    if (signature.contents_der.empty()) {
      return MakeError(Reason::kPdfDamaged, "it is not known what the signature covers");
    }
    const auto [first, first_length, second, second_length] = signature.byte_range;
    const OctetRange ranges[] = {{.begin = first, .length = first_length},
                                 {.begin = second, .length = second_length}};
    return octets_->DigestOf(algorithm, ranges);
  }

 private:
  const std::shared_ptr<const DocumentOctets> octets_;
  const std::vector<PdfSignature> signatures_;
  const ValidationData validation_data_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SignedPdf>> SignedPdf::Open(const std::string& path,
                                                           const Limits& limits) {
  ENKRAT_ASSIGN_OR_RETURN(const std::shared_ptr<const DocumentOctets> octets,
                          DocumentOctets::Open(path, limits.max_octets));
  if (!octets->Text(0, 5).starts_with("%PDF-")) {
    return MakeError(Reason::kPdfDamaged, "the document does not start as a PDF");
  }
  StepBudget budget(kMostSteps);
  const StrictDocument::Options options = {.end = octets->size(),
                                           .max_objects = limits.max_objects,
                                           .max_sections = 2 * limits.max_revisions};
  ENKRAT_ASSIGN_OR_RETURN(const std::unique_ptr<StrictDocument> document,
                          StrictDocument::Parse(octets, options, budget));
  ENKRAT_ASSIGN_OR_RETURN(
      std::vector<FoundSignature> found,
      FindSignatures(*document, static_cast<size_t>(limits.max_signatures), budget));
  if (found.empty() && !document->Complaint().empty()) {
    // There may be one where another reader sees a signature.
    return MakeError(Reason::kPdfDamaged, document->Complaint());
  }
  for (FoundSignature& signature : found) ApplyByteRangeRules(*octets, signature);
  std::stable_sort(found.begin(), found.end(), [](const auto& left, const auto& right) {
    return left.signature.revision_end < right.signature.revision_end;
  });
  ENKRAT_ASSIGN_OR_RETURN(ValidationData data, ReadStoredValidationData(*document));
  ENKRAT_RETURN_IF_ERROR(JudgeRevisions(octets, *document, options, budget, found));
  std::vector<PdfSignature> signatures;
  for (FoundSignature& signature : found) signatures.push_back(std::move(signature.signature));
  return std::make_unique<JudgedPdf>(octets, std::move(signatures), std::move(data));
}

}  // namespace enkrat::pades
