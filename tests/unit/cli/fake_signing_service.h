// The signing service as cli/ sees it, on a free port of this machine: signs raw with a key in
// software, or answers the error that the test wants.
#ifndef ENKRAT_TESTS_UNIT_CLI_FAKE_SIGNING_SERVICE_H_
#define ENKRAT_TESTS_UNIT_CLI_FAKE_SIGNING_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/connection.h"
#include "common/mutex.h"
#include "enkrat/v1/signing_service.grpc.pb.h"
#include "tests/unit/cli/certificates.h"

namespace enkrat::cli {

class FakeSigningService final : public v1::SigningService::Service {
 public:
  FakeSigningService() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  Connection connection() const {
    return {.server = absl::StrCat("127.0.0.1:", port_), .plaintext = true};
  }
  // Before the first call.
  void AnswerWith(grpc::Status status) { status_ = std::move(status); }
  void SignWrongly() { wrong_ = true; }
  void Stop() { server_->Shutdown(); }
  int calls() const { return calls_; }

 private:
  grpc::Status Sign(grpc::ServerContext*, const v1::SignRequest* request,
                    v1::SignResponse* response) override {
    ++calls_;
    if (!status_.ok()) return status_;
    response->set_request_id(request->intent().request_id());
    response->mutable_certificate()->set_der(certificate_der_);
    for (const v1::Document& document : request->intent().documents()) {
      Bytes digest = ToBytes(absl::string_view(document.digest()));
      if (wrong_) digest[0] ^= 1;
      const MutexLock lock(mutex_);
      response->add_signatures()->set_signature(
          ToString(key_->SignDigest(DigestAlgorithm::kSha256, digest).value()));
    }
    return grpc::Status::OK;
  }
  // Silent until the client gives up.
  grpc::Status GetSession(grpc::ServerContext* context, const v1::GetSessionRequest*,
                          v1::GetSessionResponse*) override {
    while (!context->IsCancelled()) std::this_thread::yield();
    return grpc::Status::OK;
  }

  int port_ = 0;
  std::atomic<int> calls_ = 0;
  bool wrong_ = false;
  grpc::Status status_ = grpc::Status::OK;
  Mutex mutex_;
  const std::unique_ptr<testing::SoftwareSigningKey> key_ = testing::SoftwareSigningKey::Generate();
  const std::string certificate_der_ = ToString(DerOf(SelfSigned(*key_, "Signer").get()));
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_TESTS_UNIT_CLI_FAKE_SIGNING_SERVICE_H_
