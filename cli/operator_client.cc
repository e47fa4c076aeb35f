#include "cli/operator_client.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/outcome.h"
#include "cli/service_error.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/operator_service.grpc.pb.h"
#include "server/settings.h"

namespace enkrat::cli {
namespace {

constexpr int kLargestAnswer = 64 * 1024 * 1024;

}  // namespace

class OperatorClient::Channel {
 public:
  Channel(std::string socket, absl::Duration timeout)
      : socket_(std::move(socket)), timeout_(timeout) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kLargestAnswer);
    // HTTP/2 wants a name of the host; a path is none.
    arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
    stub = v1::OperatorService::NewStub(grpc::CreateCustomChannel(
        absl::StrCat("unix:", socket_), grpc::InsecureChannelCredentials(), arguments));
  }

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (v1::OperatorService::Stub::*method)(grpc::ClientContext*,
                                                                      const Request&, Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMicroseconds(timeout_));
    const grpc::Status status = (*stub.*method)(&context, request, response);
    if (status.ok()) return absl::OkStatus();
    if (!status.error_details().empty()) {
      return FromServiceError(status.error_code(), status.error_message(), status.error_details());
    }
    return UnavailableError(absl::StrCat("cannot reach the service at ", socket_, ": ",
                                         status.error_message(),
                                         " (hint: is it running, and are you its user or root?)"));
  }

  std::unique_ptr<v1::OperatorService::Stub> stub;

 private:
  const std::string socket_;
  const absl::Duration timeout_;
};

absl::StatusOr<std::unique_ptr<OperatorClient>> OperatorClient::Create(
    const std::string& config_file, absl::Duration timeout) {
  ENKRAT_ASSIGN_OR_RETURN(const server::Config config, server::LoadSettings(config_file));
  if (config.server().operator_socket().empty()) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat(config_file,
                                  " names no server.operator_socket: set it, such as "
                                  "/run/enkrat/operator.sock, and restart enkratd"));
  }
  return std::unique_ptr<OperatorClient>(
      new OperatorClient(std::make_unique<Channel>(config.server().operator_socket(), timeout)));
}

OperatorClient::OperatorClient(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}
OperatorClient::~OperatorClient() = default;

absl::Status OperatorClient::ListRetention(const v1::ListRetentionRequest& request,
                                           v1::ListRetentionResponse* response) {
  return channel_->Call(&v1::OperatorService::Stub::ListRetention, request, response);
}

absl::Status OperatorClient::EraseDue(const v1::EraseDueRequest& request,
                                      v1::EraseDueResponse* response) {
  return channel_->Call(&v1::OperatorService::Stub::EraseDue, request, response);
}

absl::Status OperatorClient::ExportSubject(const v1::ExportSubjectRequest& request,
                                           v1::ExportSubjectResponse* response) {
  return channel_->Call(&v1::OperatorService::Stub::ExportSubject, request, response);
}

absl::Status OperatorClient::EraseSubject(const v1::EraseSubjectRequest& request,
                                          v1::EraseSubjectResponse* response) {
  return channel_->Call(&v1::OperatorService::Stub::EraseSubject, request, response);
}

}  // namespace enkrat::cli
