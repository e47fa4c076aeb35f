#include "validation/pdf_process.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/signed_pdf.h"
#include "validation/cms_process.h"
#include "validation/judgement.h"
#include "validation/signature_process.h"
#include "validation/timestamp_process.h"
#include "validation/token_process.h"

namespace enkrat::validation {
namespace {

using pades::PdfSignature;
using pades::SignedPdf;

// What is wrong with the signature as a part of the PDF, before its CMS is looked at.
void CheckShape(const PdfSignature& signature, Judgement& judgement) {
  if (signature.defects.empty()) {
    judgement.Pass("pdf-shape", "The signature covers its revision, and all of it.");
  }
  for (const std::string& defect : signature.defects) {
    judgement.Fail("pdf-shape", SubIndication::kFormatFailure, defect);
  }
}

// For whoever does not know the numbers of the document's objects.
absl::string_view KindOf(pades::ChangeKind kind) {
  switch (kind) {
    case pades::ChangeKind::kNone:
      return "nothing";
    case pades::ChangeKind::kValidationData:
      return "validation data";
    case pades::ChangeKind::kSignature:
      return "signature";
    case pades::ChangeKind::kFormFilling:
      return "form filled in";
    case pades::ChangeKind::kAnnotations:
      return "annotations";
    case pades::ChangeKind::kContent:
      return "content";
    case pades::ChangeKind::kObjectsOutOfPlace:
      return "shown content swapped or hidden";
  }
  return "";
}

std::vector<std::string> TextOf(const std::vector<pades::PdfChange>& changes) {
  std::vector<std::string> texts;
  for (const pades::PdfChange& change : changes) {
    if (change.kind == pades::ChangeKind::kNone) continue;
    texts.push_back(absl::StrCat(KindOf(change.kind), ": ", change.detail));
  }
  return texts;
}

void CheckChanges(const PdfSignature& signature, Judgement& judgement) {
  const std::vector<std::string> changes = TextOf(signature.changes_after);
  if (!signature.changes_are_permitted) {
    judgement.Fail("pdf-changes", SubIndication::kFormatFailure,
                   absl::StrCat("The document was changed after the signature in a way that is not "
                                "permitted: ",
                                changes.empty() ? "in ways unknown" : changes.front()));
  } else if (signature.covers_whole_document || changes.empty()) {
    judgement.Pass("pdf-changes", "Nothing was changed after the signature.");
  } else {
    judgement.Pass("pdf-changes", "What was changed after the signature is permitted.");
  }
  for (const pades::PdfChange& change : signature.changes_after) {
    if (!change.covers) continue;
    judgement.Warn("pdf-changes", absl::StrCat("What was signed may be hidden: ", change.detail));
  }
}

std::optional<SignatureCarrier> CarrierOf(const std::string& sub_filter) {
  if (sub_filter == "ETSI.CAdES.detached") return SignatureCarrier::kPdf;
  if (sub_filter == "adbe.pkcs7.detached") return SignatureCarrier::kPdfUnderCms;
  return std::nullopt;
}

void RefuseSubFilter(const std::string& sub_filter, Judgement& judgement) {
  if (sub_filter == "adbe.pkcs7.sha1" || sub_filter == "adbe.x509.rsa_sha1") {
    judgement.Fail("pdf-sub-filter", SubIndication::kCryptoConstraintsFailure,
                   "The signature rests on SHA-1, which is not believed.");
  } else {
    judgement.Fail("pdf-sub-filter", SubIndication::kFormatFailure,
                   "The signature is of a kind that is not known.");
  }
}

// One document on its way through the processes.
class PdfJudgement {
 public:
  PdfJudgement(const SignedPdf& pdf, Run& run) : pdf_(pdf), run_(run) {}

  std::vector<SignatureReport> Go() && {
    JudgeDocumentTimestamps();
    for (size_t i = 0; i < pdf_.signatures().size(); ++i) {
      if (pdf_.signatures()[i].document_timestamp) {
        if (!timestamps_[i].attached) reports_.push_back(TimestampAlone(i));
      } else {
        reports_.push_back(Judge(i));
      }
    }
    return std::move(reports_);
  }

 private:
  struct Timestamp {
    std::optional<TimestampReport> report;
    bool attached = false;  // to a signature that it covers
  };

  // What the document timestamps of later revisions prove of revisions up to that end.
  absl::Time KnownSince(uint64_t revision_end) const {
    absl::Time earliest = run_.now();
    for (size_t i = 0; i < timestamps_.size(); ++i) {
      const Timestamp& timestamp = timestamps_[i];
      if (!timestamp.report.has_value() || !timestamp.report->conclusion.passed()) continue;
      if (pdf_.signatures()[i].revision_end <= revision_end) continue;
      earliest = std::min(earliest, timestamp.report->gen_time);
    }
    return earliest;
  }

  ContentDigests DigestsOf(size_t index) const {
    return ContentDigests([this, index](DigestAlgorithm algorithm) -> ContentDigests::Candidates {
      ENKRAT_ASSIGN_OR_RETURN(Bytes digest, pdf_.DigestOf(index, algorithm));
      return std::vector<Bytes>{std::move(digest)};
    });
  }

  // The last one first: each says since when the ones before it are known.
  void JudgeDocumentTimestamps() {
    timestamps_.resize(pdf_.signatures().size());
    for (size_t i = timestamps_.size(); i-- > 0;) {
      const PdfSignature& signature = pdf_.signatures()[i];
      if (!signature.document_timestamp || run_.OutOfTime()) continue;
      Judgement judgement;
      CheckShape(signature, judgement);
      if (signature.sub_filter != "ETSI.RFC3161") RefuseSubFilter(signature.sub_filter, judgement);
      ContentDigests digests = DigestsOf(i);
      TimestampReport report = JudgeTimestamp({.token_der = signature.contents_der,
                                               .kind = TimestampReport::Kind::kDocument,
                                               .stamped = &digests,
                                               .given = &pdf_.validation_data(),
                                               .given_known = &known_data_,
                                               .known_since = KnownSince(signature.revision_end)},
                                              run_);
      judgement.Adopt("", report.checks, report.conclusion);
      report.conclusion = judgement.conclusion();
      report.checks = std::move(judgement).TakeChecks();
      if (report.conclusion.passed()) known_data_.Add(signature.covered_data, report.gen_time);
      timestamps_[i].report = std::move(report);
    }
  }

  SignatureReport Describe(size_t index, SignatureReport report) const {
    const PdfSignature& signature = pdf_.signatures()[index];
    report.covers =
        signature.covers_whole_document
            ? "the whole document"
            : absl::StrCat("the first ", signature.revision_end, " octets of the document");
    report.changes_after = TextOf(signature.changes_after);
    return report;
  }

  // Then what was changed after the timestamp is that signer's.
  bool IsSignedLater(const PdfSignature& timestamp) const {
    return std::any_of(
        pdf_.signatures().begin(), pdf_.signatures().end(), [&](const PdfSignature& other) {
          return !other.document_timestamp && other.revision_end > timestamp.revision_end;
        });
  }

  SignatureReport TimestampAlone(size_t index) {
    const std::string& id = pdf_.signatures()[index].field_name;
    if (!timestamps_[index].report.has_value()) return NotLookedAt(id);
    SignatureReport report = AsSignature(id, *timestamps_[index].report);
    if (!IsSignedLater(pdf_.signatures()[index])) {
      Judgement judgement;
      CheckChanges(pdf_.signatures()[index], judgement);
      judgement.Adopt("", report.checks, report.conclusion);
      report.conclusion = judgement.conclusion();
      report.checks = std::move(judgement).TakeChecks();
    }
    return Describe(index, std::move(report));
  }

  std::vector<TimestampReport> TimestampsOver(const PdfSignature& signature) {
    std::vector<TimestampReport> covering;
    for (size_t i = 0; i < timestamps_.size(); ++i) {
      if (!timestamps_[i].report.has_value()) continue;
      if (pdf_.signatures()[i].revision_end <= signature.revision_end) continue;
      timestamps_[i].attached = true;
      covering.push_back(*timestamps_[i].report);
    }
    return covering;
  }

  SignatureReport Refused(const PdfSignature& signature, Judgement judgement) const {
    SignatureReport report;
    report.id = signature.field_name;
    report.format = "PDF CMS";
    report.proven_at = run_.now();
    report.conclusion = judgement.conclusion();
    report.checks = std::move(judgement).TakeChecks();
    return report;
  }

  SignatureReport Judge(size_t index);

  const SignedPdf& pdf_;
  Run& run_;
  ValidationDataProofs known_data_;    // of the DSS
  std::vector<Timestamp> timestamps_;  // one for each signature; without report for others
  std::vector<SignatureReport> reports_;
};

SignatureReport PdfJudgement::Judge(size_t index) {
  const PdfSignature& signature = pdf_.signatures()[index];
  if (run_.OutOfTime()) return NotLookedAt(signature.field_name);
  Judgement judgement;
  CheckShape(signature, judgement);
  CheckChanges(signature, judgement);
  const std::optional<SignatureCarrier> carrier = CarrierOf(signature.sub_filter);
  if (!carrier.has_value()) {
    RefuseSubFilter(signature.sub_filter, judgement);
    return Describe(index, Refused(signature, std::move(judgement)));
  }
  const absl::StatusOr<ades::SignedMessage> message =
      ades::SignedMessage::Parse(signature.contents_der);
  if (!message.ok() || signature.contents_der.size() > run_.limits().max_signature_octets ||
      message->signer_count() != 1 || message->content().has_value()) {
    judgement.Fail("pdf-shape", SubIndication::kFormatFailure,
                   "The signature holds no detached CMS of one signer.");
    return Describe(index, Refused(signature, std::move(judgement)));
  }
  ContentDigests digests = DigestsOf(index);
  const absl::Time known_since = KnownSince(signature.revision_end);
  SignatureReport report =
      JudgeSignature({.id = signature.field_name,
                      .carrier = *carrier,
                      .message = &*message,
                      .cms_der = signature.contents_der,
                      .content = &digests,
                      .document_data = &pdf_.validation_data(),
                      .document_data_known = &known_data_,
                      .claimed_time = signature.claimed_time,
                      // The DSS that is read is the last one: what no timestamp covers may be new.
                      .poe = {.of_signature = known_since, .of_validation_data = run_.now()},
                      .document_timestamps = TimestampsOver(signature),
                      .judgement = std::move(judgement)},
                     run_);
  return Describe(index, std::move(report));
}

}  // namespace

absl::StatusOr<Report> JudgePdf(const std::string& path, Run& run) {
  ENKRAT_ASSIGN_OR_RETURN(const std::unique_ptr<SignedPdf> pdf,
                          SignedPdf::Open(path, {.max_octets = run.limits().max_document_octets,
                                                 .max_signatures = run.limits().max_signatures}));
  Report report;
  report.document_format = "PDF";
  report.signatures = PdfJudgement(*pdf, run).Go();
  return report;
}

}  // namespace enkrat::validation
