#include "server/sign_pdf_call.h"

#include <grpcpp/server_context.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/signing_service.pb.h"
#include "server/document_spool.h"
#include "server/request_conversion.h"
#include "server/streamed_call.h"
#include "signer/pdf_job.h"
#include "signer/request_rules.h"
#include "signer/stored_result.h"

namespace enkrat::server {
namespace {

constexpr size_t kAnswerOctets = size_t{1} << 20;  // the update, with an image in it, and a chunk

// As StreamedCall says; after the signing, write after write.
class SignPdfCall final : public SignPdfReactor {
 public:
  SignPdfCall(const PdfSigning& signing, Call call)
      : signing_(signing), stream_(*signing.gate, std::move(call)) {
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
    Run(ok ? &SignPdfCall::TakePart : &SignPdfCall::Sign);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return End(MakeError(Reason::kCancelled, "the client left before its answer"));
    Run(&SignPdfCall::WriteNext);
  }

  void Run(std::optional<absl::Status> (SignPdfCall::*step)()) {
    stream_.Run([this, step] { return (this->*step)(); },
                [this](const absl::Status& status) { End(status); });
  }
  void End(const absl::Status& status) { Finish(stream_.End(status)); }

  std::optional<absl::Status> TakePart() {
    if (absl::Status unwanted = stream_.CheckWanted(); !unwanted.ok()) return unwanted;
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
    stream_.call().request_id = request_.intent.request_id;
    ENKRAT_ASSIGN_OR_RETURN(
        spool_, DocumentSpool::Create(
                    {.folder = signing_.spool_folder,
                     .most_octets = signing_.most_octets,
                     .digest_algorithm = request_.intent.documents.front().digest_algorithm,
                     .budget = signing_.spooled,
                     .who = stream_.call().relying_party->id}));
    return absl::OkStatus();
  }

  absl::Status TakeChunk() {
    if (part_.part_case() != v1::SignPdfRequest::kChunk) {
      return MakeError(Reason::kRequestMalformed, "a part that is neither header nor chunk");
    }
    if (spool_ == nullptr) return MakeError(Reason::kRequestMalformed, "a chunk before the header");
    ENKRAT_RETURN_IF_ERROR(CheckChunk(part_.chunk()));
    return spool_->Append(part_.chunk());
  }

  std::optional<absl::Status> Sign() {
    if (stream_.cancelled()) return MakeError(Reason::kCancelled, "the client left");
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
    request_.deadline = stream_.call().deadline;
    request_.cancelled = [this] { return stream_.cancelled().load(); };
    ENKRAT_ASSIGN_OR_RETURN(
        const signer::Admission admission,
        signing_.workflow->Admit(stream_.call().relying_party, std::move(request_)));
    ENKRAT_RETURN_IF_ERROR(signing_.gate->ReserveResponse(stream_.call(), kAnswerOctets));
    ENKRAT_ASSIGN_OR_RETURN(const signer::SigningResult result, signing_.workflow->Run(admission));
    stream_.call().session_id = result.session_id;
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
    stream_.AwaitClient();
    StartWrite(&answer_);
  }

  const PdfSigning& signing_;
  StreamedCall stream_;
  v1::SignPdfRequest part_;
  v1::SignPdfResponse answer_;
  signer::SigningRequest request_;
  pades::SignatureOptions options_;
  bool appended_only_ = false;
  std::unique_ptr<DocumentSpool> spool_;
  std::string update_;
  uint64_t written_ = 0;
};

}  // namespace

SignPdfReactor* StartSignPdf(grpc::CallbackServerContext& context, const PdfSigning& signing) {
  return EnterStream<SignPdfReactor>(*signing.gate, context, "SignPdf", [&](Call call) {
    return new SignPdfCall(signing, std::move(call));
  });
}

}  // namespace enkrat::server
