// enkrat.v1.OperatorService on a Unix-domain socket of its own: retention and personal data, for
// the operator of this machine.
#ifndef ENKRAT_SERVER_OPERATOR_SERVICE_H_
#define ENKRAT_SERVER_OPERATOR_SERVICE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/log.h"
#include "common/thread_pool.h"
#include "signer/personal_data_desk.h"

namespace grpc {
class Server;
class Service;
}  // namespace grpc

namespace enkrat::server {

// Listens as long as it lives. Its calls run one after the other on a thread of its own, so that
// they take nothing from signing; who may call is the file system's to say.
class OperatorServer {
 public:
  struct Options {
    std::string socket;                        // absolute path, at most 107 octets
    signer::PersonalDataDesk* desk = nullptr;  // not owned
    Logger* logger = nullptr;                  // not owned
  };
  // The socket gets mode 0600. kConfigurationInvalid, naming the setting, for a path that is too
  // long, a folder that is not there or belongs to another user or that group or others can write
  // to, something in the way that is no socket.
  static absl::StatusOr<std::unique_ptr<OperatorServer>> Start(Options options);
  // Lets running calls finish for 5 s; removes the socket.
  ~OperatorServer();

 private:
  explicit OperatorServer(Options options);
  absl::Status Listen();

  const Options options_;
  ThreadPool pool_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<grpc::Server> grpc_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_OPERATOR_SERVICE_H_
