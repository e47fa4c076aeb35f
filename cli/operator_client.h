// The running service as its operator sees it: through the Unix-domain socket that its
// configuration names.
#ifndef ENKRAT_CLI_OPERATOR_CLIENT_H_
#define ENKRAT_CLI_OPERATOR_CLIENT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace enkrat::v1 {
class ListRetentionRequest;
class ListRetentionResponse;
class EraseDueRequest;
class EraseDueResponse;
class ExportSubjectRequest;
class ExportSubjectResponse;
class EraseSubjectRequest;
class EraseSubjectResponse;
}  // namespace enkrat::v1

namespace enkrat::cli {

// Errors: the service's Reason; Unavailable (exit code 2) when the service is not there, or the
// user may not open its socket.
class OperatorClient {
 public:
  // `config_file` is enkratd's. kConfigurationInvalid if it names no operator_socket.
  static absl::StatusOr<std::unique_ptr<OperatorClient>> Create(const std::string& config_file,
                                                                absl::Duration timeout);
  ~OperatorClient();

  absl::Status ListRetention(const v1::ListRetentionRequest& request,
                             v1::ListRetentionResponse* response);
  absl::Status EraseDue(const v1::EraseDueRequest& request, v1::EraseDueResponse* response);
  absl::Status ExportSubject(const v1::ExportSubjectRequest& request,
                             v1::ExportSubjectResponse* response);
  absl::Status EraseSubject(const v1::EraseSubjectRequest& request,
                            v1::EraseSubjectResponse* response);

 private:
  class Channel;  // keeps gRPC out of this header
  explicit OperatorClient(std::unique_ptr<Channel> channel);

  std::unique_ptr<Channel> channel_;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_OPERATOR_CLIENT_H_
