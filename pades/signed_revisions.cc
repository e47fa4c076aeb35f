#include "pades/signed_revisions.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/cross_references.h"
#include "pades/loose_ends.h"
#include "pades/permitted_changes.h"
#include "pades/revision_difference.h"
#include "pades/revisions.h"
#include "pades/stored_validation_data.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMostChangesTold = 64;  // the worst ones
constexpr int kMostStores = 16;          // each may hold some megabytes

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
      ENKRAT_RETURN_IF_ERROR(CheckSignedRevision(signature, whole));
    }
    ENKRAT_RETURN_IF_ERROR(JudgeLaterRevisions(whole));
    if (const std::string complaint = whole.Complaint(); !complaint.empty()) {
      for (FoundSignature& signature : found_) signature.signature.defects.push_back(complaint);
    }
    return absl::OkStatus();
  }

 private:
  // Of two signatures with one range, one is a copy.
  void MarkSharedRanges() {
    std::map<std::array<uint64_t, 4>, size_t> signatures;  // with each range
    for (const FoundSignature& found : found_) {
      if (!found.signature.contents_der.empty()) ++signatures[found.signature.byte_range];
    }
    for (FoundSignature& found : found_) {
      const auto same = signatures.find(found.signature.byte_range);
      if (same == signatures.end() || same->second < 2) continue;
      found.signature.defects.push_back("another signature has the same /ByteRange");
    }
  }

  // That what is signed is a PDF of its own, in which the signature is one.
  absl::Status CheckSignedRevision(FoundSignature& found, StrictDocument& whole) {
    PdfSignature& signature = found.signature;
    if (!ClosingMarker(*octets_, signature.revision_end).has_value()) {
      signature.defects.push_back("/ByteRange does not end where a revision ends");
      return absl::OkStatus();
    }
    // Then it is the document that it was found in.
    if (signature.covers_whole_document) return ReadCoveredData(whole, signature);
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
    return ReadCoveredData(**revision, signature);
  }

  absl::Status ReadCoveredData(StrictDocument& revision, PdfSignature& signature) {
    if (!signature.document_timestamp || ++stores_read_ > kMostStores) return absl::OkStatus();
    ENKRAT_ASSIGN_OR_RETURN(const ValidationData data, ReadStoredValidationData(revision));
    for (const std::vector<Bytes>* list : {&data.crls_der, &data.ocsp_responses_der}) {
      for (const Bytes& der : *list) signature.covered_data.push_back(Sha256(der));
    }
    return absl::OkStatus();
  }

  absl::Status JudgeLaterRevisions(StrictDocument& whole) {
    const std::vector<uint64_t> ends = EndsOfSoundRevisions();
    if (ends.empty() || ends.front() == octets_->size()) return absl::OkStatus();
    const absl::StatusOr<std::vector<Revision>> revisions =
        RevisionsFrom(octets_, ends.front(), ends,
                      {.end = octets_->size(),
                       .max_objects = options_.max_objects,
                       .max_sections = options_.max_sections});
    std::vector<ChangeList> changes(1);
    if (revisions.ok()) {
      ENKRAT_ASSIGN_OR_RETURN(changes, ChangesOf(*revisions, whole));
    } else if (ReasonOf(revisions.status()) == Reason::kLimitExceeded) {
      return revisions.status();
    } else {
      changes[0].Add(OutOfPlace(std::string(revisions.status().message())));
    }
    for (FoundSignature& signature : found_) {
      if (!signature.signature.defects.empty()) continue;
      size_t from = 0;
      if (revisions.ok() && !FindRevision(*revisions, signature.signature, from)) continue;
      if (signature.signature.covers_whole_document) continue;
      SetChanges(changes, from, signature);
    }
    return absl::OkStatus();
  }

  std::vector<uint64_t> EndsOfSoundRevisions() const {
    std::vector<uint64_t> ends;
    for (const FoundSignature& signature : found_) {
      if (signature.signature.defects.empty()) ends.push_back(signature.signature.revision_end);
    }
    return ends;
  }

  static DocumentChange OutOfPlace(const std::string& sentence) {
    return {.change = {.kind = ChangeKind::kObjectsOutOfPlace, .detail = sentence}};
  }

  // What each revision but the first did to the one before it: changes[i] is revisions[i + 1]'s.
  absl::StatusOr<std::vector<ChangeList>> ChangesOf(const std::vector<Revision>& revisions,
                                                    StrictDocument& whole) {
    std::vector<ChangeList> changes(revisions.size() - 1);
    std::unique_ptr<StrictDocument> before;
    for (size_t i = 0; i < revisions.size(); ++i) {
      const bool last = i + 1 == revisions.size();
      std::unique_ptr<StrictDocument> own;
      absl::Status status;
      if (!last) {
        StrictDocument::Options options = options_;
        options.end = revisions[i].end;
        absl::StatusOr<std::unique_ptr<StrictDocument>> parsed =
            StrictDocument::Parse(octets_, options, budget_);
        status = parsed.status();
        if (parsed.ok()) own = *std::move(parsed);
      }
      StrictDocument* const after = last ? &whole : own.get();
      if (i > 0 && status.ok() && before != nullptr) {
        status = CompareRevisions(*before, *after, budget_, changes[i - 1]);
        const AppendedOctets appended = {.begin = revisions[i - 1].end,
                                         .end = revisions[i].end,
                                         .section = revisions[i].section};
        if (status.ok()) status = TellLooseObjects(*octets_, appended, *after, changes[i - 1]);
      }
      if (!status.ok() && ReasonOf(status) == Reason::kLimitExceeded) return status;
      const bool broken = !status.ok() || before == nullptr || !before->Complaint().empty();
      if (i > 0 && broken) {
        changes[i - 1].Add(OutOfPlace("a revision cannot be read as a document of its own"));
      }
      if (i > 0 && revisions[i].hybrid) {
        changes[i - 1].Add(OutOfPlace("readers see different objects of a hybrid revision"));
      }
      before = std::move(own);
    }
    return changes;
  }

  static bool FindRevision(const std::vector<Revision>& revisions, PdfSignature& signature,
                           size_t& index) {
    for (index = 0; index < revisions.size(); ++index) {
      if (revisions[index].end == signature.revision_end) return true;
    }
    signature.defects.push_back("/ByteRange does not end where a revision ends");
    return false;
  }

  // Of the signature itself and of the certification that was there when it was made.
  ChangeRules RulesOf(const FoundSignature& found) const {
    ChangeRules rules = {.locks = found.locks};
    const auto allow = [&](std::optional<int> most) {
      if (most.has_value()) rules.certification = std::min(rules.certification.value_or(3), *most);
    };
    for (const FoundSignature& other : found_) {
      if (other.signature.revision_end > found.signature.revision_end) continue;
      if (!other.signature.contents_der.empty()) allow(other.signature.certifies);
    }
    for (const SignatureLock& lock : found.locks) allow(lock.permission);
    return rules;
  }

  void SetChanges(const std::vector<ChangeList>& changes, size_t from, FoundSignature& found) {
    const ChangeRules rules = RulesOf(found);
    PdfSignature& signature = found.signature;
    for (size_t i = from; i < changes.size(); ++i) {
      for (const DocumentChange& change : changes[i].changes()) {
        signature.changes_after.push_back(change.change);
        if (!IsPermitted(change, rules)) signature.changes_are_permitted = false;
      }
    }
    std::stable_sort(
        signature.changes_after.begin(), signature.changes_after.end(),
        [](const PdfChange& left, const PdfChange& right) { return left.kind > right.kind; });
    if (signature.changes_after.size() > kMostChangesTold) {
      signature.changes_after.resize(kMostChangesTold);
    }
  }

  const std::shared_ptr<const DocumentOctets>& octets_;
  const StrictDocument::Options options_;
  StepBudget& budget_;
  std::vector<FoundSignature>& found_;
  int stores_read_ = 0;
};

}  // namespace

absl::Status JudgeRevisions(const std::shared_ptr<const DocumentOctets>& octets,
                            StrictDocument& whole, const StrictDocument::Options& options,
                            StepBudget& budget, std::vector<FoundSignature>& found) {
  return RevisionJudge(octets, options, budget, found).Judge(whole);
}

}  // namespace enkrat::pades
