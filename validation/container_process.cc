#include "validation/container_process.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ades/embedded_validation_data.h"
#include "asic/container.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "validation/cms_process.h"
#include "validation/judgement.h"
#include "validation/token_process.h"

namespace enkrat::validation {
namespace {

using asic::Container;
using asic::ContainerSignature;

ContentDigests DigestsOf(const Container& container, const std::string& entry) {
  return ContentDigests(
      [&container, entry](DigestAlgorithm algorithm) -> ContentDigests::Candidates {
        ENKRAT_ASSIGN_OR_RETURN(Bytes digest, container.DigestOf(entry, algorithm));
        return std::vector<Bytes>{std::move(digest)};
      });
}

SignatureReport Unreadable(const ContainerSignature& signature) {
  Judgement judgement;
  judgement.Fail("content-type", SubIndication::kFormatFailure,
                 "The entry holds no signature that can be read.");
  SignatureReport report;
  report.id = signature.name;
  report.format = "CMS";
  report.conclusion = judgement.conclusion();
  report.checks = std::move(judgement).TakeChecks();
  return report;
}

std::vector<SignatureReport> JudgeEntry(const Container& container,
                                        const ContainerSignature& signature, Run& run) {
  if (run.OutOfTime()) return {NotLookedAt(signature.name)};
  ContentDigests digests = DigestsOf(container, signature.signed_entry);
  if (signature.timestamp) {
    return {JudgeToken({.id = signature.name,
                        .token_der = signature.cms_der,
                        .kind = TimestampReport::Kind::kContainer,
                        .stamped = &digests},
                       run)};
  }
  absl::StatusOr<std::vector<SignatureReport>> reports = JudgeCms(
      {.name = signature.name, .alone = false, .cms_der = signature.cms_der, .detached = &digests},
      run);
  if (!reports.ok()) return {Unreadable(signature)};
  return *std::move(reports);
}

// What the manifest says of the files, in front of what the signature says of the manifest.
void AddManifest(const ContainerSignature& signature, SignatureReport& report) {
  Judgement judgement;
  if (signature.defects.empty()) {
    judgement.Pass("container-manifest", "The files are those that the signature names.");
  }
  for (const std::string& defect : signature.defects) {
    judgement.Fail("container-manifest", SubIndication::kHashFailure, defect);
  }
  judgement.Adopt("", report.checks, report.conclusion);
  report.conclusion = judgement.conclusion();
  report.checks = std::move(judgement).TakeChecks();
  report.covered_files = signature.covered_files;
  report.covers = absl::StrCat(signature.covered_files.size(),
                               signature.covered_files.size() == 1 ? " file" : " files");
}

}  // namespace

absl::StatusOr<Report> JudgeContainer(const std::string& path, Run& run) {
  ENKRAT_ASSIGN_OR_RETURN(const std::unique_ptr<Container> container,
                          Container::Open(path, {.max_octets = run.limits().max_document_octets,
                                                 .max_signatures = run.limits().max_signatures}));
  Report report;
  report.document_format = container->type() == asic::ContainerType::kSimple ? "ASiC-S" : "ASiC-E";
  for (const ContainerSignature& signature : container->signatures()) {
    std::vector<SignatureReport> judged = JudgeEntry(*container, signature, run);
    const ValidationData used = run.TakeUsed();
    ades::Merge(report.used, used);
    for (SignatureReport& found : judged) {
      AddManifest(signature, found);
      found.used = used;
      report.signatures.push_back(std::move(found));
    }
  }
  for (const std::string& file : container->unsigned_files()) {
    report.warnings.push_back(absl::StrCat("No signature covers the file ", file, "."));
  }
  return report;
}

}  // namespace enkrat::validation
