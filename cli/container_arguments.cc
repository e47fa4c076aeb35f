#include "cli/container_arguments.h"

#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/outcome.h"

namespace enkrat::cli {
namespace {

std::string NameOf(const std::string& file) {
  return std::filesystem::path(file).filename().string();
}

}  // namespace

std::optional<asic::ContainerType> ParseContainer(const std::string& word) {
  if (word == "asic-s") return asic::ContainerType::kSimple;
  if (word == "asic-e") return asic::ContainerType::kExtended;
  return std::nullopt;
}

absl::Status CheckContainer(const std::string& word, const std::vector<std::string>& files) {
  if (word.empty()) return absl::OkStatus();
  const std::optional<asic::ContainerType> type = ParseContainer(word);
  if (!type.has_value()) {
    return UsageError("--container is asic-e (any number of files) or asic-s (one)");
  }
  if (*type == asic::ContainerType::kSimple && files.size() != 1) {
    return UsageError("--container asic-s takes one file; asic-e takes many");
  }
  std::set<std::string> names;
  for (const std::string& file : files) {
    if (!names.insert(NameOf(file)).second) {
      return UsageError(absl::StrCat("two files are named ", NameOf(file),
                                     ", which a container cannot hold: rename one"));
    }
  }
  return absl::OkStatus();
}

std::string ContainerName(const std::string& word, const std::vector<std::string>& files) {
  return absl::StrCat(NameOf(files.front()), word == "asic-s" ? ".asics" : ".asice");
}

absl::StatusOr<asic::ContainerDraft> DraftContainer(asic::ContainerType type,
                                                    const std::vector<std::string>& files,
                                                    DigestAlgorithm algorithm) {
  std::vector<asic::DataFile> entries;
  for (const std::string& file : files) {
    entries.push_back({.name = NameOf(file), .path = file});
  }
  return asic::ContainerDraft::Create(type, std::move(entries), algorithm);
}

}  // namespace enkrat::cli
