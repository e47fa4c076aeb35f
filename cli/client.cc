#include "cli/client.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "cli/service_error.h"
#include "common/mutex.h"
#include "common/secret.h"
#include "common/status_macros.h"
#include "enkrat/v1/activation_service.grpc.pb.h"
#include "enkrat/v1/certificate_service.grpc.pb.h"
#include "enkrat/v1/signing_service.grpc.pb.h"
#include "enkrat/v1/timestamp_service.grpc.pb.h"
#include "enkrat/v1/validation_service.grpc.pb.h"

namespace enkrat::cli {
namespace {

constexpr size_t kMaxPemFile = 1024 * 1024;
constexpr char kAwayHint[] =
    " (hint: is it running, is --server right, and do --plaintext or the --tls options fit it?)";
constexpr size_t kChunk = 256 * 1024;         // of a streamed document
constexpr int kMaxAnswer = 64 * 1024 * 1024;  // 1000 documents with their CMS

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(
    const Connection& connection) {
  if (connection.plaintext) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  if (!connection.tls_ca_file.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes roots, ReadFile(connection.tls_ca_file, kMaxPemFile));
    options.pem_root_certs = ToString(roots);
  }
  if (!connection.tls_cert_file.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes chain, ReadFile(connection.tls_cert_file, kMaxPemFile));
    ENKRAT_ASSIGN_OR_RETURN(const Secret key, ReadSecretFile(connection.tls_key_file));
    options.pem_cert_chain = ToString(chain);
    options.pem_private_key = ToString(key.Reveal());
  }
  return grpc::SslCredentials(options);
}

}  // namespace

class Client::Channel {
 public:
  Channel(const Connection& connection, std::shared_ptr<grpc::ChannelCredentials> credentials)
      : connection_(connection) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kMaxAnswer);
    // Every client its own connection: bench opens several on purpose.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    auto channel = grpc::CreateCustomChannel(connection.server, credentials, arguments);
    signing = v1::SigningService::NewStub(channel);
    certificates = v1::CertificateService::NewStub(channel);
    timestamps = v1::TimestampService::NewStub(channel);
    activation = v1::ActivationService::NewStub(channel);
    validation = v1::ValidationService::NewStub(channel);
  }

  ~Channel() {
    const MutexLock lock(mutex_);
    while (running_ > 0) idle_.wait(mutex_);
  }

  template <typename Stub, typename Request, typename Response>
  absl::Status Call(Stub& stub,
                    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    SetDeadline(context);
    return Convert((stub.*method)(&context, request, response));
  }

  absl::Status Validate(const std::function<bool(v1::ValidateRequest*)>& next,
                        v1::ValidateResponse* response) {
    grpc::ClientContext context;
    SetDeadline(context);
    const auto writer = validation->Validate(&context, response);
    v1::ValidateRequest part;
    bool hears = true;
    while (hears && next(&part)) {
      hears = writer->Write(part);
      part.Clear();
    }
    if (hears) writer->WritesDone();
    return Convert(writer->Finish());
  }

  void StartSign(const v1::SignRequest& request, SignDone done) {
    struct Call {
      grpc::ClientContext context;
      v1::SignRequest request;
      v1::SignResponse response;
    };
    auto call = std::make_shared<Call>();
    SetDeadline(call->context);
    call->request = request;
    {
      const MutexLock lock(mutex_);
      ++running_;
    }
    Call* raw = call.get();
    signing->async()->Sign(
        &raw->context, &raw->request, &raw->response,
        [this, call, done = std::move(done)](const grpc::Status& status) mutable {
          done(Convert(status), call->response);
          // gRPC 1.51.1 aborts if the last of a channel, which the context holds
          // too, goes on a thread of its own.
          call.reset();
          const MutexLock lock(mutex_);
          if (--running_ == 0) idle_.notify_all();
        });
  }

  absl::Status SignPdf(const v1::SignPdfHeader& header, std::istream& document,
                       const std::function<void(absl::string_view)>& sink,
                       v1::SignResponse* response) {
    grpc::ClientContext context;
    SetDeadline(context);
    const auto stream = signing->SignPdf(&context);
    v1::SignPdfRequest part;
    *part.mutable_header() = header;
    bool open = stream->Write(part);
    std::string octets(kChunk, '\0');
    while (open && document.read(octets.data(), kChunk).gcount() > 0) {
      part.set_chunk(octets.data(), static_cast<size_t>(document.gcount()));
      open = stream->Write(part);
    }
    stream->WritesDone();
    v1::SignPdfResponse answer;
    while (stream->Read(&answer)) {
      if (answer.has_result()) {
        *response = std::move(*answer.mutable_result());
      } else {
        sink(answer.chunk());
      }
    }
    return Convert(stream->Finish());
  }

  std::unique_ptr<v1::SigningService::Stub> signing;
  std::unique_ptr<v1::CertificateService::Stub> certificates;
  std::unique_ptr<v1::TimestampService::Stub> timestamps;
  std::unique_ptr<v1::ActivationService::Stub> activation;
  std::unique_ptr<v1::ValidationService::Stub> validation;

 private:
  void SetDeadline(grpc::ClientContext& context) const {
    context.set_deadline(std::chrono::system_clock::now() +
                         absl::ToChronoMicroseconds(connection_.timeout));
  }

  absl::Status Convert(const grpc::Status& status) const {
    if (status.ok()) return absl::OkStatus();
    const bool silent = status.error_details().empty();
    if (silent && status.error_code() == grpc::StatusCode::UNAVAILABLE) {
      return UnavailableError(absl::StrCat("cannot reach the service at ", connection_.server, ": ",
                                           status.error_message(), kAwayHint));
    }
    if (silent && status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
      return UnavailableError(absl::StrCat("the service at ", connection_.server,
                                           " did not answer within ",
                                           absl::FormatDuration(connection_.timeout)));
    }
    return FromServiceError(status.error_code(), status.error_message(), status.error_details());
  }

  const Connection connection_;
  Mutex mutex_;
  CondVar idle_;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
};

absl::StatusOr<std::unique_ptr<Client>> Client::Create(const Connection& connection) {
  ENKRAT_RETURN_IF_ERROR(CheckConnection(connection));
  ENKRAT_ASSIGN_OR_RETURN(auto credentials, Credentials(connection));
  return std::unique_ptr<Client>(
      new Client(std::make_unique<Channel>(connection, std::move(credentials))));
}

Client::Client(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}
Client::~Client() = default;

absl::Status Client::ComputeBinding(const v1::ComputeBindingRequest& request,
                                    v1::ComputeBindingResponse* response) {
  return channel_->Call(*channel_->signing, &v1::SigningService::Stub::ComputeBinding, request,
                        response);
}

absl::Status Client::Sign(const v1::SignRequest& request, v1::SignResponse* response) {
  return channel_->Call(*channel_->signing, &v1::SigningService::Stub::Sign, request, response);
}

absl::Status Client::SignPdf(const v1::SignPdfHeader& header, const std::string& path,
                             const std::function<void(absl::string_view octets)>& sink,
                             v1::SignResponse* response) {
  std::ifstream document(path, std::ios::binary);
  if (!document) return UnavailableError(absl::StrCat("cannot read ", path));
  return channel_->SignPdf(header, document, sink, response);
}

absl::Status Client::Timestamp(const v1::TimestampRequest& request,
                               v1::TimestampResponse* response) {
  return channel_->Call(*channel_->timestamps, &v1::TimestampService::Stub::Timestamp, request,
                        response);
}

absl::Status Client::GetSession(const v1::GetSessionRequest& request,
                                v1::GetSessionResponse* response) {
  return channel_->Call(*channel_->signing, &v1::SigningService::Stub::GetSession, request,
                        response);
}

absl::Status Client::GetCertificate(const v1::GetCertificateRequest& request,
                                    v1::GetCertificateResponse* response) {
  return channel_->Call(*channel_->certificates, &v1::CertificateService::Stub::GetCertificate,
                        request, response);
}

absl::Status Client::GetChain(const v1::GetChainRequest& request, v1::GetChainResponse* response) {
  return channel_->Call(*channel_->certificates, &v1::CertificateService::Stub::GetChain, request,
                        response);
}

absl::Status Client::GetValidationData(const v1::GetValidationDataRequest& request,
                                       v1::GetValidationDataResponse* response) {
  return channel_->Call(*channel_->certificates, &v1::CertificateService::Stub::GetValidationData,
                        request, response);
}

absl::Status Client::ListCertificates(const v1::ListCertificatesRequest& request,
                                      v1::ListCertificatesResponse* response) {
  return channel_->Call(*channel_->certificates, &v1::CertificateService::Stub::ListCertificates,
                        request, response);
}

absl::Status Client::ReportProblem(const v1::ReportProblemRequest& request,
                                   v1::ReportProblemResponse* response) {
  return channel_->Call(*channel_->certificates, &v1::CertificateService::Stub::ReportProblem,
                        request, response);
}

absl::Status Client::TimestampQuery(const v1::TimestampQueryRequest& request,
                                    v1::TimestampQueryResponse* response) {
  return channel_->Call(*channel_->timestamps, &v1::TimestampService::Stub::TimestampQuery, request,
                        response);
}

absl::Status Client::Validate(const std::function<bool(v1::ValidateRequest*)>& next,
                              v1::ValidateResponse* response) {
  return channel_->Validate(next, response);
}

absl::Status Client::Enrol(const v1::EnrolRequest& request, v1::EnrolResponse* response) {
  return channel_->Call(*channel_->activation, &v1::ActivationService::Stub::Enrol, request,
                        response);
}

absl::Status Client::Activate(const v1::ActivateRequest& request, v1::ActivateResponse* response) {
  return channel_->Call(*channel_->activation, &v1::ActivationService::Stub::Activate, request,
                        response);
}

absl::Status Client::ChangePin(const v1::ChangeRequest& request, v1::ChangeResponse* response) {
  return channel_->Call(*channel_->activation, &v1::ActivationService::Stub::Change, request,
                        response);
}

absl::Status Client::Unblock(const v1::UnblockRequest& request, v1::UnblockResponse* response) {
  return channel_->Call(*channel_->activation, &v1::ActivationService::Stub::Unblock, request,
                        response);
}

absl::Status Client::GetPinStatus(const v1::GetStatusRequest& request,
                                  v1::GetStatusResponse* response) {
  return channel_->Call(*channel_->activation, &v1::ActivationService::Stub::GetStatus, request,
                        response);
}

absl::Status Client::RevokePin(const v1::RevokeRequest& request, v1::RevokeResponse* response) {
  return channel_->Call(*channel_->activation, &v1::ActivationService::Stub::Revoke, request,
                        response);
}

void Client::StartSign(const v1::SignRequest& request, SignDone done) {
  channel_->StartSign(request, std::move(done));
}

}  // namespace enkrat::cli
