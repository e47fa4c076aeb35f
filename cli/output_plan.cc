#include "cli/output_plan.h"

#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "cli/outcome.h"
#include "common/status_macros.h"

namespace enkrat::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kDraftSuffix = 14;  // of the file that WriteFile renames: ".01234567.part"

std::string Stem(const std::string& file, const std::string& folder) {
  return folder.empty() ? file : (fs::path(folder) / fs::path(file).filename()).string();
}

// contract.pdf -> contract-signed.pdf
std::string SignedName(const std::string& stem) {
  fs::path path(stem);
  path.replace_filename(path.stem().string() + "-signed" + path.extension().string());
  return path.string();
}

DocumentOutputs OutputsFor(const std::string& stem, signer::SignatureFormat format,
                           const OutputArguments& arguments) {
  const bool parts = arguments.parts;
  const bool raw = format == signer::SignatureFormat::kRaw;
  DocumentOutputs outputs;
  if (signer::IsPades(format) && arguments.documents_are_here) {
    outputs.pdf = SignedName(stem);
    return outputs;
  }
  if (!raw) outputs.cms = stem + (arguments.enveloping ? ".p7m" : ".p7s");
  if (raw || parts) {
    outputs.signature = stem + ".sig";
    outputs.timestamp = stem + ".tst";
  }
  return outputs;
}

absl::Status CheckName(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return UnavailableError(absl::StrCat("cannot write ", path, ": it is a folder"));
  }
  if (fs::path(path).filename().string().size() + kDraftSuffix > NAME_MAX) {
    return UnavailableError(absl::StrCat("cannot write ", path, ": its name is too long"));
  }
  return absl::OkStatus();
}

absl::Status CheckFolder(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return UnavailableError(absl::StrCat("there is no folder ", folder, ": make it first"));
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return UnavailableError(
        absl::StrCat("cannot write into the folder ", folder, ": ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> PathsOf(const OutputPlan& plan) {
  std::vector<std::string> paths;
  for (const DocumentOutputs& outputs : plan.documents) {
    paths.insert(paths.end(), {outputs.cms, outputs.pdf, outputs.signature, outputs.timestamp});
  }
  paths.insert(paths.end(),
               {plan.container_file, plan.certificate_file, plan.chain_file, plan.session_file});
  std::erase(paths, "");
  return paths;
}

absl::StatusOr<OutputPlan> PlanOutputs(const std::vector<std::string>& files,
                                       signer::SignatureFormat format,
                                       const OutputArguments& arguments,
                                       absl::FunctionRef<bool(const std::string&)> exists) {
  if (arguments.parts && format != signer::SignatureFormat::kCadesBT) {
    return UsageError("--parts goes with --format cades-b-t");
  }
  const bool inside = arguments.enveloping || !arguments.container_file.empty();
  if (inside && (!signer::IsCades(format) || arguments.parts)) {
    return UsageError("--enveloping and --container go with a format cades-..., without --parts");
  }
  if (arguments.enveloping && !arguments.container_file.empty()) {
    return UsageError("--enveloping and --container are two ways to one end: give one of them");
  }
  OutputPlan plan{.documents = {},
                  .session_file = arguments.session_file,
                  .chain_file = arguments.chain_file,
                  .certificate_file = arguments.certificate_file,
                  .container_file = arguments.container_file};
  std::set<std::string> taken;
  for (const std::string& file : files) {
    if (arguments.container_file.empty()) {
      plan.documents.push_back(OutputsFor(Stem(file, arguments.folder), format, arguments));
    }
    if (arguments.documents_are_here) taken.insert(fs::path(file).lexically_normal().string());
  }
  if (plan.certificate_file.empty() && format == signer::SignatureFormat::kRaw && !files.empty()) {
    plan.certificate_file = Stem(files.front(), arguments.folder) + ".cert.pem";
  }
  for (const std::string& path : PathsOf(plan)) {
    if (!taken.insert(fs::path(path).lexically_normal().string()).second) {
      return UsageError(absl::StrCat(path, " would be written twice, or over a document"));
    }
    if (!arguments.force && exists(path)) {
      return UsageError(absl::StrCat(path, " exists already; --force replaces it"));
    }
  }
  return plan;
}

absl::Status CheckPlaces(const OutputPlan& plan) {
  std::set<std::string> checked;
  for (const std::string& path : PathsOf(plan)) {
    ENKRAT_RETURN_IF_ERROR(CheckName(path));
    const std::string parent = fs::path(path).parent_path().string();
    const std::string folder = parent.empty() ? "." : parent;
    if (checked.insert(folder).second) ENKRAT_RETURN_IF_ERROR(CheckFolder(folder));
  }
  return absl::OkStatus();
}

}  // namespace enkrat::cli
