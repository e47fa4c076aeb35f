#include "pades/signed_revisions.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/cross_references.h"
#include "pades/revisions.h"

namespace enkrat::pades {
namespace {

class RevisionJudge {
 public:
  RevisionJudge(const std::shared_ptr<const DocumentOctets>& octets,
                const StrictDocument::Options& options, StepBudget& budget,
                std::vector<FoundSignature>& found)
      : octets_(octets), options_(options), budget_(budget), found_(found) {}

  absl::Status Judge(StrictDocument& whole) {
    MarkSharedRanges();
    for (FoundSignature& signature : found_) {
      if (!signature.signature.defects.empty()) continue;
      ENKRAT_RETURN_IF_ERROR(CheckSignedRevision(signature));
    }
    if (const std::string complaint = whole.Complaint(); !complaint.empty()) {
      for (FoundSignature& signature : found_) signature.signature.defects.push_back(complaint);
    }
    return absl::OkStatus();
  }

 private:
  // Of two signatures with one range, one is a copy.
  void MarkSharedRanges() {
    for (size_t i = 1; i < found_.size(); ++i) {
      PdfSignature& one = found_[i - 1].signature;
      PdfSignature& other = found_[i].signature;
      if (other.contents_der.empty() || one.byte_range != other.byte_range) continue;
      one.defects.push_back("another signature has the same /ByteRange");
      other.defects.push_back("another signature has the same /ByteRange");
    }
  }

  // That what is signed is a PDF of its own, in which the signature is one.
  absl::Status CheckSignedRevision(FoundSignature& found) {
    PdfSignature& signature = found.signature;
    if (!ClosingMarker(*octets_, signature.revision_end).has_value()) {
      signature.defects.push_back("/ByteRange does not end where a revision ends");
      return absl::OkStatus();
    }
    StrictDocument::Options options = options_;
    options.end = signature.revision_end;
    const absl::StatusOr<std::unique_ptr<StrictDocument>> revision =
        StrictDocument::Parse(octets_, options, budget_);
    if (!revision.ok()) {
      if (ReasonOf(revision.status()) == Reason::kLimitExceeded) return revision.status();
      signature.defects.push_back("what is signed is no PDF of its own");
      return absl::OkStatus();
    }
    ENKRAT_ASSIGN_OR_RETURN(const std::vector<FoundSignature> then,
                            FindSignatures(**revision, found_.size() + 1024, budget_));
    const bool there = std::any_of(then.begin(), then.end(), [&](const FoundSignature& other) {
      return other.value == found.value && other.contents_offset == found.contents_offset &&
             other.signature.byte_range == signature.byte_range &&
             other.signature.field_name == signature.field_name && other.signature.defects.empty();
    });
    if (!there) {
      signature.defects.push_back("the revision that it covers does not hold the signature");
    }
    if (const std::string complaint = (*revision)->Complaint(); !complaint.empty()) {
      signature.defects.push_back(complaint);
    }
    return absl::OkStatus();
  }

  const std::shared_ptr<const DocumentOctets>& octets_;
  const StrictDocument::Options options_;
  StepBudget& budget_;
  std::vector<FoundSignature>& found_;
};

}  // namespace

absl::Status JudgeRevisions(const std::shared_ptr<const DocumentOctets>& octets,
                            StrictDocument& whole, const StrictDocument::Options& options,
                            StepBudget& budget, std::vector<FoundSignature>& found) {
  return RevisionJudge(octets, options, budget, found).Judge(whole);
}

}  // namespace enkrat::pades
