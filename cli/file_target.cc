// Signatures beside the documents, or with the documents in them.
#include <utility>

#include "absl/strings/str_cat.h"
#include "ades/cades_augmentation.h"
#include "cli/files.h"
#include "cli/progress.h"
#include "cli/sign_outputs.h"
#include "cli/signing_target.h"
#include "common/status_macros.h"
#include "enkrat/v1/signing_service.pb.h"

namespace enkrat::cli {
namespace {

constexpr size_t kMostContentOctets = size_t{2} << 20;  // what a CMS may be in all, and some

class FileTarget final : public SigningTarget {
 public:
  FileTarget(TargetOptions options, const Context& context)
      : options_(std::move(options)), context_(context) {}

  absl::StatusOr<Bytes> DigestOf(size_t index, DigestAlgorithm algorithm) override {
    const std::string& file = options_.files[index];
    Progress progress(context_, absl::StrCat("digesting ", file));
    return DigestFile(file, algorithm,
                      [&](uint64_t done, uint64_t total) { progress.Report(done, total); });
  }

  absl::Status Write(Client&, const v1::SignResponse& response) override {
    for (size_t i = 0; i < options_.plan.documents.size(); ++i) {
      v1::DocumentSignature signature = response.signatures(static_cast<int>(i));
      if (options_.enveloping) ENKRAT_RETURN_IF_ERROR(Envelop(options_.files[i], signature));
      ENKRAT_RETURN_IF_ERROR(WriteDocument(options_.plan.documents[i], signature, options_.force));
    }
    return absl::OkStatus();
  }

 private:
  // The content is not under the signature's octets: it can be put in here, and need not be sent.
  static absl::Status Envelop(const std::string& file, v1::DocumentSignature& signature) {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes content, ReadFile(file, kMostContentOctets));
    ENKRAT_ASSIGN_OR_RETURN(
        const Bytes cms, ades::Envelop(AsSpan(absl::string_view(signature.signature())), content));
    signature.set_signature(ToString(cms));
    return absl::OkStatus();
  }

  const TargetOptions options_;
  const Context& context_;
};

}  // namespace

absl::Status SigningTarget::Send(Client& client, const v1::SignRequest& request,
                                 v1::SignResponse* response) {
  return client.Sign(request, response);
}

std::unique_ptr<SigningTarget> MakeFileTarget(TargetOptions options, const Context& context) {
  return std::make_unique<FileTarget>(std::move(options), context);
}

}  // namespace enkrat::cli
