// The service as the commands see it: one method a call, the service's error details turned back
// into a Reason.
#ifndef ENKRAT_CLI_CLIENT_H_
#define ENKRAT_CLI_CLIENT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/connection.h"

namespace enkrat::v1 {
class ComputeBindingRequest;
class ComputeBindingResponse;
class SignRequest;
class SignResponse;
class SignPdfHeader;
class TimestampRequest;
class TimestampResponse;
class GetSessionRequest;
class GetSessionResponse;
class GetCertificateRequest;
class GetCertificateResponse;
class GetChainRequest;
class GetChainResponse;
class GetValidationDataRequest;
class GetValidationDataResponse;
class ListCertificatesRequest;
class ListCertificatesResponse;
class ReportProblemRequest;
class ReportProblemResponse;
class TimestampQueryRequest;
class TimestampQueryResponse;
class EnrolRequest;
class EnrolResponse;
class ActivateRequest;
class ActivateResponse;
class ChangeRequest;
class ChangeResponse;
class UnblockRequest;
class UnblockResponse;
class GetStatusRequest;
class GetStatusResponse;
class RevokeRequest;
class RevokeResponse;
class ValidateRequest;
class ValidateResponse;
}  // namespace enkrat::v1

namespace enkrat::cli {

// Thread-safe. Errors: the service's Reason with its constant text, field and retry delay
// (common/reason.h); Unavailable (exit code 2) when the service does not answer or gives none.
class Client {
 public:
  // Reads the TLS files; connects with the first call. Errors as CheckConnection; Unavailable for
  // files that cannot be read, or a key file that others can read.
  static absl::StatusOr<std::unique_ptr<Client>> Create(const Connection& connection);
  // Waits for StartSign's calls.
  ~Client();

  absl::Status ComputeBinding(const v1::ComputeBindingRequest& request,
                              v1::ComputeBindingResponse* response);
  absl::Status Sign(const v1::SignRequest& request, v1::SignResponse* response);
  // Streams the file at `path`; `sink` gets the signed document in pieces. Unavailable for a file
  // that cannot be read.
  absl::Status SignPdf(const v1::SignPdfHeader& header, const std::string& path,
                       const std::function<void(absl::string_view octets)>& sink,
                       v1::SignResponse* response);
  absl::Status Timestamp(const v1::TimestampRequest& request, v1::TimestampResponse* response);
  absl::Status GetSession(const v1::GetSessionRequest& request, v1::GetSessionResponse* response);
  absl::Status GetCertificate(const v1::GetCertificateRequest& request,
                              v1::GetCertificateResponse* response);
  absl::Status GetChain(const v1::GetChainRequest& request, v1::GetChainResponse* response);
  absl::Status GetValidationData(const v1::GetValidationDataRequest& request,
                                 v1::GetValidationDataResponse* response);
  absl::Status ListCertificates(const v1::ListCertificatesRequest& request,
                                v1::ListCertificatesResponse* response);
  absl::Status ReportProblem(const v1::ReportProblemRequest& request,
                             v1::ReportProblemResponse* response);
  absl::Status TimestampQuery(const v1::TimestampQueryRequest& request,
                              v1::TimestampQueryResponse* response);

  // Sends what `next` fills in until it answers false. Ends early if the service has heard enough.
  absl::Status Validate(const std::function<bool(v1::ValidateRequest*)>& next,
                        v1::ValidateResponse* response);

  // Of signing PINs.
  absl::Status Enrol(const v1::EnrolRequest& request, v1::EnrolResponse* response);
  absl::Status Activate(const v1::ActivateRequest& request, v1::ActivateResponse* response);
  absl::Status ChangePin(const v1::ChangeRequest& request, v1::ChangeResponse* response);
  absl::Status Unblock(const v1::UnblockRequest& request, v1::UnblockResponse* response);
  absl::Status GetPinStatus(const v1::GetStatusRequest& request, v1::GetStatusResponse* response);
  absl::Status RevokePin(const v1::RevokeRequest& request, v1::RevokeResponse* response);

  // Sign without a waiting thread, for load. `done` runs on a gRPC thread and may not block; it
  // may start the next call.
  using SignDone = std::function<void(const absl::Status&, const v1::SignResponse&)>;
  void StartSign(const v1::SignRequest& request, SignDone done);

 private:
  class Channel;  // keeps gRPC out of this header
  explicit Client(std::unique_ptr<Channel> channel);

  std::unique_ptr<Channel> channel_;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_CLIENT_H_
