#include "validation/validator.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ades/embedded_validation_data.h"
#include "common/file.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "validation/cms_process.h"
#include "validation/container_process.h"
#include "validation/format_detection.h"
#include "validation/judgement.h"
#include "validation/pdf_process.h"
#include "validation/printable.h"
#include "validation/run.h"

namespace enkrat::validation {
namespace {

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// The first ones and the last ones of a file; of a short file they are the same.
struct Ends {
  Bytes first, last;
};

absl::StatusOr<Ends> EndsOf(const std::string& path) {
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return MakeError(Reason::kNotFound, "the file cannot be read");
  const auto read = [&] {
    Bytes octets(kFormatOctets);
    octets.resize(std::fread(octets.data(), 1, octets.size(), file.get()));
    return octets;
  };
  Ends ends = {.first = read(), .last = {}};
  if (fseeko(file.get(), -static_cast<off_t>(kFormatOctets), SEEK_END) != 0) {
    std::rewind(file.get());
  }
  ends.last = read();
  return ends;
}

// Several contents are given when it is not known which was signed: nobody shall take the verdict
// to be about all of them.
void WarnOfOthers(const Validator::Input& input, const ContentDigests& detached, Report& report) {
  if (input.detached_paths.size() < 2) return;
  for (size_t i = 0; i < input.detached_paths.size(); ++i) {
    if (detached.IsTaken(i)) continue;
    const std::string name = std::filesystem::path(input.detached_paths[i]).filename().string();
    report.warnings.push_back(absl::StrCat("No signature covers the content ", name, "."));
  }
}

absl::StatusOr<Report> JudgeSignedData(FileFormat format, const Validator::Input& input, Run& run) {
  // In PEM it is longer by a third, and what comes with it is not held in memory in vain.
  const uint64_t most =
      std::min(run.limits().max_document_octets, 2 * run.limits().max_signature_octets);
  ENKRAT_ASSIGN_OR_RETURN(const Bytes file, ReadFile(input.path, most));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes cms, SignedDataIn(format, file));
  ContentDigests detached = ContentDigests::OfFilesAndDigests(
      input.detached_paths, input.detached_digests, run.limits().max_document_octets);
  Report report;
  ENKRAT_ASSIGN_OR_RETURN(
      report.signatures,
      JudgeCms({.name = "signature", .alone = true, .cms_der = cms, .detached = &detached}, run));
  const bool token = report.signatures.size() == 1 && report.signatures[0].format == "RFC 3161";
  report.document_format = token ? "TimeStampToken" : "CMS";
  WarnOfOthers(input, detached, report);
  return report;
}

absl::StatusOr<Report> Judge(const Validator::Input& input, Run& run) {
  ENKRAT_ASSIGN_OR_RETURN(const Ends ends, EndsOf(input.path));
  ENKRAT_ASSIGN_OR_RETURN(const FileFormat format, DetectFormat(ends.first));
  if (format != FileFormat::kPdf && OpensAsPdf(ends.first, ends.last)) {
    return MakeError(Reason::kRequestMalformed, "the file is a PDF and something else at once");
  }
  switch (format) {
    case FileFormat::kContainer:
      return JudgeContainer(input.path, run);
    case FileFormat::kPdf:
      return JudgePdf(input.path, run);
    case FileFormat::kSignedData:
    case FileFormat::kSignedDataPem:
    case FileFormat::kTimestampResponse:
      break;
  }
  return JudgeSignedData(format, input, run);
}

// The worst of the signatures' (EN 319 102-1 does not say; a reader looks here first).
Conclusion ConclusionOfAll(const std::vector<SignatureReport>& signatures) {
  if (signatures.empty()) return ConclusionOf(SubIndication::kSignedDataNotFound);
  Conclusion worst = {.indication = Indication::kTotalPassed};
  for (const SignatureReport& signature : signatures) {
    worst = Worse(worst, signature.conclusion);
  }
  return worst;
}

// A document; who asks about a timestamp alone knows what it is.
bool IsTimestampedOnly(const Report& report) {
  return report.document_format != "TimeStampToken" && !report.signatures.empty() &&
         std::all_of(report.signatures.begin(), report.signatures.end(),
                     [](const SignatureReport& each) { return each.format == "RFC 3161"; });
}

}  // namespace

class Validator::Engine {
 public:
  explicit Engine(Options options) : options_(std::move(options)) {}

  absl::StatusOr<Report> Validate(const Input& input) const {
    const absl::Time now = options_.clock->Now();
    const absl::Time as_of = input.at.value_or(now);
    if (as_of > now) return MakeError(Reason::kRequestMalformed, "a time that is in the future");
    if (input.detached_paths.size() + input.detached_digests.size() > kMostDetached) {
      return MakeError(Reason::kLimitExceeded, "too many contents for one signature");
    }
    Run run({.trust = options_.trust,
             .fetcher = input.fetcher,
             .revocation = options_.revocation,
             .limits = options_.limits,
             .now = as_of,
             .stop_at = std::min(input.stop_at, absl::Now() + options_.limits.max_time),
             .more = &input.more});
    ENKRAT_ASSIGN_OR_RETURN(Report report, Judge(input, run));
    report.validated_at = as_of;
    report.conclusion = ConclusionOfAll(report.signatures);
    if (report.signatures.empty()) report.warnings.push_back("There is no signature.");
    if (IsTimestampedOnly(report)) {
      report.warnings.push_back("Nobody signed this: it was timestamped, as anybody can do.");
    }
    ades::Merge(report.used, run.TakeUsed());
    MakePrintable(report);
    return report;
  }

 private:
  static constexpr size_t kMostDetached = 64;

  const Options options_;
};

Validator::Validator(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
Validator::~Validator() = default;

absl::StatusOr<std::unique_ptr<Validator>> Validator::Create(Options options) {
  if (options.trust == nullptr || options.clock == nullptr) {
    return MakeError(Reason::kInternal, "a validator needs a trust store and a clock");
  }
  return std::unique_ptr<Validator>(new Validator(std::make_unique<Engine>(std::move(options))));
}

absl::StatusOr<Report> Validator::Validate(const Input& input) const {
  return engine_->Validate(input);
}

}  // namespace enkrat::validation
