// --container: the files of an act of signing that go into one ASiC container, as one document.
#ifndef ENKRAT_CLI_CONTAINER_ARGUMENTS_H_
#define ENKRAT_CLI_CONTAINER_ARGUMENTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "asic/container.h"
#include "common/digest.h"

namespace enkrat::cli {

// The word of --container; nullopt for any other.
std::optional<asic::ContainerType> ParseContainer(const std::string& word);

// Usage errors: an unknown word, more than one file for asic-s, two files of one name. An empty
// word is no container.
absl::Status CheckContainer(const std::string& word, const std::vector<std::string>& files);

// The container's name, which is also what the person is shown: FIRST.asice or FIRST.asics.
std::string ContainerName(const std::string& word, const std::vector<std::string>& files);

// What is to be signed of it. Errors of asic::ContainerDraft::Create.
absl::StatusOr<asic::ContainerDraft> DraftContainer(asic::ContainerType type,
                                                    const std::vector<std::string>& files,
                                                    DigestAlgorithm algorithm);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_CONTAINER_ARGUMENTS_H_
