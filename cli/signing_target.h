// What `enkrat sign` makes of its files: signatures beside them, signed PDFs, or one container.
// Each says what is to be signed, sends it, and writes what comes back.
#ifndef ENKRAT_CLI_SIGNING_TARGET_H_
#define ENKRAT_CLI_SIGNING_TARGET_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "asic/container.h"
#include "cli/client.h"
#include "cli/context.h"
#include "cli/output_plan.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "pades/pdf_signing.h"
#include "signer/signature_level.h"

namespace enkrat::cli {

// Not thread-safe; lives for one command.
class SigningTarget {
 public:
  virtual ~SigningTarget() = default;

  // What the person authorises: as many as the request has documents.
  virtual absl::StatusOr<Bytes> DigestOf(size_t index, DigestAlgorithm algorithm) = 0;
  virtual absl::Status Send(Client& client, const v1::SignRequest& request,
                            v1::SignResponse* response);
  // Writes the documents' outputs of the plan; `client` for further timestamps.
  virtual absl::Status Write(Client& client, const v1::SignResponse& response) = 0;
};

struct TargetOptions {
  std::vector<std::string> files;
  signer::SignatureFormat format = signer::SignatureFormat::kCadesBT;
  OutputPlan plan;  // which names the files to write
  bool enveloping = false;
  bool force = false;
  asic::ContainerType container = asic::ContainerType::kExtended;  // if the plan has one
  DigestAlgorithm digest = DigestAlgorithm::kSha256;
  pades::SignatureOptions pdf = {};
  bool upload = false;
};

// Signatures beside the documents, or around them.
std::unique_ptr<SigningTarget> MakeFileTarget(TargetOptions options, const Context& context);
// Signed copies of the PDFs. Prepares them, with room for the service's chains: errors of GetChain
// and of pades::PrepareSignature.
absl::StatusOr<std::unique_ptr<SigningTarget>> MakePdfTarget(TargetOptions options, Client& client);
// One signed PDF, prepared by the service.
std::unique_ptr<SigningTarget> MakeUploadTarget(TargetOptions options, const Context& context);
// One container with all files. Errors of asic::ContainerDraft::Create.
absl::StatusOr<std::unique_ptr<SigningTarget>> MakeContainerTarget(TargetOptions options);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_SIGNING_TARGET_H_
