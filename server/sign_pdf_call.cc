#include "server/sign_pdf_call.h"

#include <grpcpp/server_context.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/signing_service.pb.h"
#include "server/document_spool.h"
#include "server/grpc_status.h"
#include "server/request_conversion.h"
#include "signer/pdf_job.h"
#include "signer/request_rules.h"
#include "signer/stored_result.h"

namespace enkrat::server {
namespace {

constexpr size_t kMostChunkOctets = 256 * 1024;
constexpr size_t kAnswerOctets = size_t{1} << 20;  // the update, with an image in it, and a chunk

// Steps follow each other and never overlap: a read, then a step on the pool that takes it in, then
// the next read; when the client has closed its side, the signing; then write after write.
class SignPdfCall final : public SignPdfReactor {
 public:
  SignPdfCall(const PdfSigning& signing, Call call)
      : signing_(signing),
        call_(std::move(call)),
        id_(signing.gate->open_calls().Enter(cancelled_,
                                             [context = call_.context] { context->TryCancel(); })) {
    Read();
  }

 private:
  ~SignPdfCall() override { signing_.gate->open_calls().Leave(id_); }
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }

  // A client that stops sending is shown out like one that does not take its answer.
  void Read() {
    signing_.gate->open_calls().Answered(id_);
    StartRead(&part_);
  }
  void OnReadDone(bool ok) override {
    signing_.gate->open_calls().Working(id_);
    if (ok) {
      Step([this] { return TakePart(); });
    } else {
      Step([this] { return Sign(); });
    }
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return End(MakeError(Reason::kCancelled, "the client left before its answer"));
    Step([this] { return WriteNext(); });
  }

  // Runs it on the pool. What a step answers ends the call, unless it is nullopt: then the step has
  // begun a read or a write as its last act, and something else may already be running.
  template <typename Function>
  void Step(Function step) {
    const bool accepted = signing_.gate->TrySubmit([this, step] {
      const std::optional<absl::Status> end = step();
      if (end.has_value()) End(*end);
    });
    if (!accepted) {
      End(WithRetryDelay(MakeError(Reason::kOverloaded, "no thread is free"),
                         absl::Milliseconds(200)));
    }
  }

  void End(const absl::Status& status) {
    signing_.gate->CountAndLog(call_, status);
    signing_.gate->open_calls().Answered(id_);
    Finish(ToGrpcStatus(status));
  }

  std::optional<absl::Status> TakePart() {
    // Nor does one keep its place by sending a little now and then.
    if (absl::Status late = signing_.gate->CheckInTime(call_); !late.ok()) return late;
    absl::Status taken =
        part_.part_case() == v1::SignPdfRequest::kHeader ? TakeHeader() : TakeChunk();
    if (!taken.ok()) return taken;
    Read();
    return std::nullopt;
  }

  absl::Status TakeHeader() {
    if (spool_ != nullptr) return MakeError(Reason::kRequestMalformed, "a second header");
    const v1::SignPdfHeader& header = part_.header();
    ENKRAT_ASSIGN_OR_RETURN(request_, RequestFrom(header.request()));
    ENKRAT_RETURN_IF_ERROR(signer::CheckPdfRequest(request_));
    ENKRAT_ASSIGN_OR_RETURN(options_, PdfOptionsFrom(header.options()));
    options_.contents_octets = signing_.contents_octets();
    if (options_.appearance.has_value()) options_.appearance->font_file = signing_.font_file;
    appended_only_ = header.appended_only();
    call_.request_id = request_.intent.request_id;
    ENKRAT_ASSIGN_OR_RETURN(
        spool_, DocumentSpool::Create(
                    {.folder = signing_.spool_folder,
                     .most_octets = signing_.most_octets,
                     .digest_algorithm = request_.intent.documents.front().digest_algorithm,
                     .budget = signing_.spooled,
                     .who = call_.relying_party->id}));
    return absl::OkStatus();
  }

  absl::Status TakeChunk() {
    if (part_.part_case() != v1::SignPdfRequest::kChunk) {
      return MakeError(Reason::kRequestMalformed, "a part that is neither header nor chunk");
    }
    if (spool_ == nullptr) return MakeError(Reason::kRequestMalformed, "a chunk before the header");
    if (part_.chunk().empty() || part_.chunk().size() > kMostChunkOctets) {
      return MakeError(Reason::kRequestMalformed, "a chunk that is empty or over 256 KiB");
    }
    return spool_->Append(part_.chunk());
  }

  std::optional<absl::Status> Sign() {
    if (cancelled_) return MakeError(Reason::kCancelled, "the client left");
    absl::Status signed_now = SignSpooled();
    if (!signed_now.ok()) return signed_now;
    Write();
    return std::nullopt;
  }

  absl::Status SignSpooled() {
    if (spool_ == nullptr) return MakeError(Reason::kRequestMalformed, "no header came");
    if (spool_->size() == 0) return MakeError(Reason::kRequestMalformed, "no document came");
    request_.pdf = std::make_shared<signer::PdfJob>(signer::PdfJob::Options{
        .path = spool_->path(),
        .digest_algorithm = request_.intent.documents.front().digest_algorithm,
        .document_digest = spool_->Digest(),
        .signature = std::move(options_)});
    request_.deadline = call_.deadline;
    request_.cancelled = [this] { return cancelled_.load(); };
    ENKRAT_ASSIGN_OR_RETURN(const signer::Admission admission,
                            signing_.workflow->Admit(call_.relying_party, std::move(request_)));
    ENKRAT_RETURN_IF_ERROR(signing_.gate->ReserveResponse(call_, kAnswerOctets));
    ENKRAT_ASSIGN_OR_RETURN(const signer::SigningResult result, signing_.workflow->Run(admission));
    call_.session_id = result.session_id;
    signer::StoredResult::Fill(result, *answer_.mutable_result());
    update_ = ToString(result.signatures.front().pdf_update);
    return absl::OkStatus();
  }

  // The document as it was sent, then the update: the same octets for a repeated call, whose copy
  // on the disk was not signed.
  std::optional<absl::Status> WriteNext() {
    const uint64_t size = spool_->size();
    if (appended_only_ || written_ == size + update_.size()) return absl::OkStatus();
    std::string* const chunk = answer_.mutable_chunk();
    if (written_ < size) {
      absl::StatusOr<std::string> octets =
          spool_->Read(written_, std::min<uint64_t>(kMostChunkOctets, size - written_));
      if (!octets.ok()) return octets.status();
      *chunk = *std::move(octets);
    } else {
      *chunk = update_.substr(written_ - size, kMostChunkOctets);
    }
    written_ += chunk->size();
    Write();
    return std::nullopt;
  }

  void Write() {
    signing_.gate->open_calls().Answered(id_);  // each part is to be taken in time
    StartWrite(&answer_);
  }

  const PdfSigning& signing_;
  Call call_;
  std::atomic<bool> cancelled_ = false;
  const OpenCalls::Id id_;
  v1::SignPdfRequest part_;
  v1::SignPdfResponse answer_;
  signer::SigningRequest request_;
  pades::SignatureOptions options_;
  bool appended_only_ = false;
  std::unique_ptr<DocumentSpool> spool_;
  std::string update_;
  uint64_t written_ = 0;
};

// A call that was not let in.
class RefusedCall final : public SignPdfReactor {
 public:
  explicit RefusedCall(const absl::Status& why) { Finish(ToGrpcStatus(why)); }

 private:
  void OnDone() override { delete this; }
};

}  // namespace

SignPdfReactor* StartSignPdf(grpc::CallbackServerContext& context, const PdfSigning& signing) {
  const CallGate::Arrival arrival = {.method = "SignPdf"};
  absl::StatusOr<Call> call = signing.gate->Enter(context, arrival);
  if (!call.ok()) {
    signing.gate->CountAndLogRefusal(arrival, call.status());
    return new RefusedCall(call.status());
  }
  return new SignPdfCall(signing, *std::move(call));
}

}  // namespace enkrat::server
