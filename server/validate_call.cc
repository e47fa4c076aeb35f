#include "server/validate_call.h"

#include <grpcpp/server_context.h>

#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/validation_service.pb.h"
#include "server/document_spool.h"
#include "server/grpc_status.h"
#include "server/validation_answer.h"

namespace enkrat::server {
namespace {

constexpr size_t kMostChunkOctets = 256 * 1024;
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

// Steps follow each other and never overlap: a read, then a step on the pool that takes it in, then
// the next read; when the client has closed its side, the validation.
class ValidateCall final : public ValidateReactor {
 public:
  ValidateCall(const ValidationParts& parts, Call call, v1::ValidateResponse* response)
      : parts_(parts),
        call_(std::move(call)),
        response_(*response),
        id_(parts.gate->open_calls().Enter(cancelled_,
                                           [context = call_.context] { context->TryCancel(); })) {
    Read();
  }

 private:
  ~ValidateCall() override { parts_.gate->open_calls().Leave(id_); }
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }

  // A client that stops sending is shown out like one that does not take its answer.
  void Read() {
    parts_.gate->open_calls().Answered(id_);
    StartRead(&part_);
  }
  void OnReadDone(bool ok) override {
    parts_.gate->open_calls().Working(id_);
    if (ok) {
      Step([this] { return TakePart(); });
    } else {
      Step([this] { return std::optional(Judge()); });
    }
  }

  // Runs it on the pool. What a step answers ends the call, unless it is nullopt: then the step has
  // begun a read as its last act, and something else may already be running.
  template <typename Function>
  void Step(Function step) {
    const bool accepted = parts_.gate->TrySubmit([this, step] {
      const std::optional<absl::Status> end = step();
      if (end.has_value()) End(*end);
    });
    if (!accepted) {
      End(WithRetryDelay(MakeError(Reason::kOverloaded, "no thread is free"),
                         absl::Milliseconds(200)));
    }
  }

  void End(const absl::Status& status) {
    parts_.gate->CountAndLog(call_, status);
    parts_.gate->open_calls().Answered(id_);
    Finish(ToGrpcStatus(status));
  }

  std::optional<absl::Status> TakePart() {
    if (cancelled_) return MakeError(Reason::kCancelled, "the client left");
    // Nor does one keep its place by sending a little now and then.
    if (absl::Status late = parts_.gate->CheckInTime(call_); !late.ok()) return late;
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
    if (chunk.empty() || chunk.size() > kMostChunkOctets) {
      return MakeError(Reason::kRequestMalformed, "a chunk that is empty or over 256 KiB");
    }
    if (spool == nullptr) {
      ENKRAT_ASSIGN_OR_RETURN(spool, DocumentSpool::Create({.folder = parts_.spool_folder,
                                                            .most_octets = parts_.most_octets,
                                                            .budget = parts_.spooled,
                                                            .who = call_.relying_party->id}));
    }
    return spool->Append(chunk);
  }

  absl::Status Judge() {
    if (cancelled_) return MakeError(Reason::kCancelled, "the client left");
    if (file_ == nullptr) return MakeError(Reason::kRequestMalformed, "no file came");
    input_.path = file_->path();
    if (detached_ != nullptr) input_.detached_paths.push_back(detached_->path());
    input_.stop_at = call_.deadline;
    ENKRAT_RETURN_IF_ERROR(parts_.gate->ReserveResponse(call_, kMostAnswerOctets));
    ENKRAT_ASSIGN_OR_RETURN(const validation::Report report,
                            parts_.core->Validate(std::move(input_)));
    return FillAnswer(report, response_);
  }

  const ValidationParts& parts_;
  Call call_;
  v1::ValidateResponse& response_;
  std::atomic<bool> cancelled_ = false;
  const OpenCalls::Id id_;
  v1::ValidateRequest part_;
  bool header_taken_ = false;
  validation::Validator::Input input_;
  std::unique_ptr<DocumentSpool> file_, detached_;
};

// A call that was not let in.
class RefusedCall final : public ValidateReactor {
 public:
  explicit RefusedCall(const absl::Status& why) { Finish(ToGrpcStatus(why)); }

 private:
  void OnDone() override { delete this; }
};

}  // namespace

ValidateReactor* StartValidate(grpc::CallbackServerContext& context, const ValidationParts& parts,
                               v1::ValidateResponse* response) {
  const CallGate::Arrival arrival = {.method = "Validate"};
  absl::StatusOr<Call> call = parts.gate->Enter(context, arrival);
  if (!call.ok()) {
    parts.gate->CountAndLogRefusal(arrival, call.status());
    return new RefusedCall(call.status());
  }
  return new ValidateCall(parts, *std::move(call), response);
}

}  // namespace enkrat::server
