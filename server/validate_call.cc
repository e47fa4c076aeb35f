#include "server/validate_call.h"

#include <grpcpp/server_context.h>

#include <memory>
#include <optional>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/validation_service.pb.h"
#include "server/document_spool.h"
#include "server/streamed_call.h"
#include "server/validation_answer.h"

namespace enkrat::server {
namespace {

constexpr int kMostDigests = 16;

absl::StatusOr<std::vector<Bytes>> DigestsFrom(const v1::ValidateHeader& header) {
  constexpr char kField[] = "header.detached_digests";
  if (header.detached_digests_size() > kMostDigests) {
    return WithField(MakeError(Reason::kLimitExceeded, "more than 16 digests"), kField);
  }
  std::vector<Bytes> digests;
  for (const std::string& digest : header.detached_digests()) {
    if (digest.size() != 32 && digest.size() != 48 && digest.size() != 64) {
      return WithField(MakeError(Reason::kRequestMalformed, "no digest of SHA-2 is that long"),
                       kField);
    }
    digests.push_back(ToBytes(absl::string_view(digest)));
  }
  return digests;
}

// As StreamedCall says; the work is the validation.
class ValidateCall final : public ValidateReactor {
 public:
  ValidateCall(const ValidationParts& parts, Call call, v1::ValidateResponse* response)
      : parts_(parts), response_(*response), stream_(*parts.gate, std::move(call)) {
    Read();
  }

 private:
  void OnCancel() override { stream_.Cancel(); }
  void OnDone() override { delete this; }

  void Read() {
    stream_.AwaitClient();
    StartRead(&part_);
  }
  void OnReadDone(bool ok) override {
    stream_.ClientCame();
    stream_.Run([this, ok] { return ok ? TakePart() : std::optional(Judge()); },
                [this](const absl::Status& status) { Finish(stream_.End(status)); });
  }

  std::optional<absl::Status> TakePart() {
    if (absl::Status unwanted = stream_.CheckWanted(); !unwanted.ok()) return unwanted;
    if (absl::Status taken = Take(); !taken.ok()) return taken;
    Read();
    return std::nullopt;
  }

  absl::Status Take() {
    switch (part_.part_case()) {
      case v1::ValidateRequest::kHeader:
        return TakeHeader();
      case v1::ValidateRequest::kChunk:
        if (detached_ != nullptr) {
          return MakeError(Reason::kRequestMalformed, "a chunk after the detached content");
        }
        return TakeChunk(part_.chunk(), file_);
      case v1::ValidateRequest::kDetachedChunk:
        if (file_ == nullptr) {
          return MakeError(Reason::kRequestMalformed, "detached content before the file");
        }
        return TakeChunk(part_.detached_chunk(), detached_);
      case v1::ValidateRequest::PART_NOT_SET:
        break;
    }
    return MakeError(Reason::kRequestMalformed, "a part without anything in it");
  }

  absl::Status TakeHeader() {
    if (header_taken_) return MakeError(Reason::kRequestMalformed, "a second header");
    header_taken_ = true;
    const v1::ValidateHeader& header = part_.header();
    ENKRAT_ASSIGN_OR_RETURN(input_.detached_digests, DigestsFrom(header));
    if (header.has_at()) {
      ENKRAT_ASSIGN_OR_RETURN(input_.at, TimeFrom(header.at()));
    }
    return absl::OkStatus();
  }

  absl::Status TakeChunk(const std::string& chunk, std::unique_ptr<DocumentSpool>& spool) {
    if (!header_taken_) return MakeError(Reason::kRequestMalformed, "a chunk before the header");
    ENKRAT_RETURN_IF_ERROR(CheckChunk(chunk));
    if (spool == nullptr) {
      ENKRAT_ASSIGN_OR_RETURN(spool,
                              DocumentSpool::Create({.folder = parts_.spool_folder,
                                                     .most_octets = parts_.most_octets,
                                                     .budget = parts_.spooled,
                                                     .who = stream_.call().relying_party->id}));
    }
    return spool->Append(chunk);
  }

  absl::Status Judge() {
    if (stream_.cancelled()) return MakeError(Reason::kCancelled, "the client left");
    if (file_ == nullptr) return MakeError(Reason::kRequestMalformed, "no file came");
    input_.path = file_->path();
    if (detached_ != nullptr) input_.detached_paths.push_back(detached_->path());
    input_.stop_at = stream_.call().deadline;
    ENKRAT_RETURN_IF_ERROR(parts_.gate->ReserveResponse(stream_.call(), kMostAnswerOctets));
    ENKRAT_ASSIGN_OR_RETURN(const validation::Report report,
                            parts_.core->Validate(std::move(input_)));
    return FillAnswer(report, response_);
  }

  const ValidationParts& parts_;
  v1::ValidateResponse& response_;
  StreamedCall stream_;
  v1::ValidateRequest part_;
  bool header_taken_ = false;
  validation::Validator::Input input_;
  std::unique_ptr<DocumentSpool> file_, detached_;
};

}  // namespace

ValidateReactor* StartValidate(grpc::CallbackServerContext& context, const ValidationParts& parts,
                               v1::ValidateResponse* response) {
  return EnterStream<ValidateReactor>(*parts.gate, context, "Validate", [&](Call call) {
    return new ValidateCall(parts, std::move(call), response);
  });
}

}  // namespace enkrat::server
