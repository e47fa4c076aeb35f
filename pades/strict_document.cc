#include "pades/strict_document.h"

#include <qpdf/InputSource.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFXRefEntry.hh>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/cross_references.h"
#include "pades/document_source.h"
#include "pades/linearization.h"
#include "pades/object_streams.h"
#include "pades/qpdf_calls.h"

namespace enkrat::pades {
namespace {

constexpr uint64_t kEntrySteps = 2;  // of the budget, for an entry of the cross-references

absl::Status CheckParsed(QPDF& pdf, const StrictDocument::Options& options, StepBudget& budget) {
  if (pdf.isEncrypted()) return MakeError(Reason::kPdfEncrypted, "the PDF is encrypted");
  const std::map<QPDFObjGen, QPDFXRefEntry> table = pdf.getXRefTable();
  if (table.size() > static_cast<size_t>(options.max_objects) ||
      !budget.Spend(kEntrySteps * table.size())) {
    return MakeError(Reason::kLimitExceeded, "the document has too many objects");
  }
  ENKRAT_RETURN_IF_ERROR(CheckObjectStreams(pdf, budget));
  if (!pdf.getTrailer().getKey("/Root").isDictionary()) {
    return MakeError(Reason::kPdfDamaged, "the PDF has no catalog");
  }
  return absl::OkStatus();
}

}  // namespace

StrictDocument::StrictDocument(std::unique_ptr<QPDF> pdf, uint64_t end)
    : pdf_(std::move(pdf)), end_(end) {}

StrictDocument::~StrictDocument() = default;

absl::StatusOr<std::unique_ptr<StrictDocument>> StrictDocument::Parse(
    const std::shared_ptr<const DocumentOctets>& octets, const Options& options,
    StepBudget& budget) {
  const std::optional<EndMarker> marker = ClosingMarker(*octets, options.end);
  if (!marker.has_value()) {
    return MakeError(Reason::kPdfDamaged, "the PDF does not end as one");
  }
  ENKRAT_RETURN_IF_ERROR(ReadCrossReferences(octets, marker->section,
                                             {.end = options.end,
                                              .max_objects = options.max_objects,
                                              .max_sections = options.max_sections})
                             .status());
  ENKRAT_RETURN_IF_ERROR(CheckLinearization(octets, marker->section));
  auto pdf = std::make_unique<QPDF>();
  pdf->setSuppressWarnings(true);
  pdf->setAttemptRecovery(false);
  ENKRAT_RETURN_IF_ERROR(CallQpdf([&] {
    pdf->processInputSource(MakeDocumentSource(octets, options.end));
    return CheckParsed(*pdf, options, budget);
  }));
  return std::unique_ptr<StrictDocument>(new StrictDocument(std::move(pdf), options.end));
}

std::string StrictDocument::Complaint() {
  for (const QPDFExc& warning : pdf_->getWarnings()) {
    // A wrong /Size changes nothing of what is read, and is common.
    if (warning.getMessageDetail().starts_with("reported number of objects")) continue;
    complained_ = true;
  }
  if (!complained_) return {};
  return "the structure of the document is damaged: readers may see different documents";
}

}  // namespace enkrat::pades
