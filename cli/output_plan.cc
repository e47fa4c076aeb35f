#include "cli/output_plan.h"

#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "cli/outcome.h"

namespace enkrat::cli {
namespace {

namespace fs = std::filesystem;

std::string Stem(const std::string& file, const std::string& folder) {
  return folder.empty() ? file : (fs::path(folder) / fs::path(file).filename()).string();
}

DocumentOutputs OutputsFor(const std::string& stem, signer::SignatureFormat format, bool parts) {
  const bool raw = format == signer::SignatureFormat::kRaw;
  DocumentOutputs outputs;
  if (!raw) outputs.cms = stem + ".p7s";
  if (raw || parts) {
    outputs.signature = stem + ".sig";
    outputs.timestamp = stem + ".tst";
  }
  return outputs;
}

std::vector<std::string> AllPaths(const OutputPlan& plan) {
  std::vector<std::string> paths = {plan.session_file, plan.chain_file, plan.certificate_file};
  for (const DocumentOutputs& outputs : plan.documents) {
    paths.insert(paths.end(), {outputs.cms, outputs.signature, outputs.timestamp});
  }
  std::erase(paths, "");
  return paths;
}

}  // namespace

absl::StatusOr<OutputPlan> PlanOutputs(const std::vector<std::string>& files,
                                       signer::SignatureFormat format,
                                       const OutputArguments& arguments,
                                       absl::FunctionRef<bool(const std::string&)> exists) {
  if (arguments.parts && format != signer::SignatureFormat::kCadesBT) {
    return UsageError("--parts goes with --format cades-bt");
  }
  OutputPlan plan{.documents = {},
                  .session_file = arguments.session_file,
                  .chain_file = arguments.chain_file,
                  .certificate_file = arguments.certificate_file};
  std::set<std::string> taken;
  for (const std::string& file : files) {
    plan.documents.push_back(OutputsFor(Stem(file, arguments.folder), format, arguments.parts));
    taken.insert(fs::path(file).lexically_normal().string());
  }
  if (plan.certificate_file.empty() && format == signer::SignatureFormat::kRaw && !files.empty()) {
    plan.certificate_file = Stem(files.front(), arguments.folder) + ".cert.pem";
  }
  for (const std::string& path : AllPaths(plan)) {
    if (!taken.insert(fs::path(path).lexically_normal().string()).second) {
      return UsageError(absl::StrCat(path, " would be written twice, or over a document"));
    }
    if (!arguments.force && exists(path)) {
      return UsageError(absl::StrCat(path, " exists already; --force replaces it"));
    }
  }
  return plan;
}

}  // namespace enkrat::cli
