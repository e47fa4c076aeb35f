// A gRPC client that knows nothing of the service but names and octets: grpc::GenericStub.
#ifndef ENKRAT_TESTS_INTEGRATION_GRPC_CALLER_H_
#define ENKRAT_TESTS_INTEGRATION_GRPC_CALLER_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace google::protobuf {
class Message;
}

namespace enkrat::testing {

// What came back, as any gRPC client would see it.
struct CallOutcome {
  int code = -1;                                     // grpc::StatusCode
  std::string message = {};                          // its text
  std::string details = {};                          // grpc-status-details-bin
  std::string reason = {};                           // google.rpc.ErrorInfo
  std::string domain = {};                           // likewise
  std::map<std::string, std::string> metadata = {};  // likewise
  std::string field = {};                            // google.rpc.BadRequest, the first
  bool has_retry_delay = false;                      // google.rpc.RetryInfo
  std::optional<std::string> reply = {};             // octets, with code 0

  bool ok() const { return code == 0; }
};

struct CallSettings {
  absl::Duration timeout = absl::Seconds(20);
  std::map<std::string, std::string> metadata = {};
};

// Thread-safe.
class GrpcCaller {
 public:
  struct Options {
    std::string target;
    // PEM files; without ca_file the connection is plaintext.
    std::string ca_file = {};
    std::string certificate_file = {};
    std::string key_file = {};
  };
  explicit GrpcCaller(const Options& options);
  ~GrpcCaller();

  // `method` is "/package.Service/Method".
  CallOutcome Call(const std::string& method, const std::string& request,
                   const CallSettings& settings = {}) const;
  // Parses the reply, if there is one.
  CallOutcome Call(const std::string& method, const google::protobuf::Message& request,
                   google::protobuf::Message* reply, const CallSettings& settings = {}) const;

  // Sends all parts of a streamed call, closes its side, and reads what comes until the end; stops
  // sending when the service has ended the call. The reply of the outcome is what came, one after
  // the other, in `replies`.
  CallOutcome Stream(const std::string& method, const std::vector<std::string>& parts,
                     std::vector<std::string>* replies = nullptr,
                     const CallSettings& settings = {}) const;

  // All requests at once; outcomes in the order of their end.
  std::vector<CallOutcome> CallAtOnce(const std::string& method,
                                      const std::vector<std::string>& requests) const;

 private:
  struct Stub;
  std::unique_ptr<Stub> stub_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_INTEGRATION_GRPC_CALLER_H_
