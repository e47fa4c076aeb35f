// One ASiC container with all files, signed together.
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/container_arguments.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "cli/signing_target.h"
#include "common/status_macros.h"
#include "enkrat/v1/signing_service.pb.h"

namespace enkrat::cli {
namespace {

class ContainerTarget final : public SigningTarget {
 public:
  ContainerTarget(TargetOptions options, asic::ContainerDraft draft)
      : options_(std::move(options)), draft_(std::move(draft)) {}

  absl::StatusOr<Bytes> DigestOf(size_t, DigestAlgorithm) override {
    return ToBytes(draft_.digest_to_sign());
  }

  absl::Status Write(Client&, const v1::SignResponse& response) override {
    const std::string& path = options_.plan.container_file;
    if (!options_.force && FileExists(path)) {
      return UsageError(absl::StrCat(path, " exists already; --force replaces it"));
    }
    return draft_.Write(path, AsSpan(absl::string_view(response.signatures(0).signature())));
  }

 private:
  const TargetOptions options_;
  const asic::ContainerDraft draft_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SigningTarget>> MakeContainerTarget(TargetOptions options) {
  ENKRAT_ASSIGN_OR_RETURN(asic::ContainerDraft draft,
                          DraftContainer(options.container, options.files, options.digest));
  return std::make_unique<ContainerTarget>(std::move(options), std::move(draft));
}

}  // namespace enkrat::cli
