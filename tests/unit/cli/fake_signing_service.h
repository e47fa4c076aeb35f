// The signing service as cli/ sees it, on a free port of this machine: signs raw with a key in
// software, or answers the error that the test wants.
#ifndef ENKRAT_TESTS_UNIT_CLI_FAKE_SIGNING_SERVICE_H_
#define ENKRAT_TESTS_UNIT_CLI_FAKE_SIGNING_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
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
  void BeforeAnswering(std::function<void()> act) { before_answering_ = std::move(act); }
  void SignWrongly() { wrong_ = true; }
  void Stop() { server_->Shutdown(); }
  int calls() const { return calls_; }
  std::string last_request_id() const {
    const MutexLock lock(mutex_);
    return last_request_id_;
  }
  std::string last_assertion() const {
    const MutexLock lock(mutex_);
    return last_assertion_;
  }

 private:
  grpc::Status Sign(grpc::ServerContext*, const v1::SignRequest* request,
                    v1::SignResponse* response) override {
    ++calls_;
    {
      const MutexLock lock(mutex_);
      last_assertion_ = request->assertion();
      last_request_id_ = request->intent().request_id();
    }
    if (before_answering_) before_answering_();
    if (!status_.ok()) return status_;
    response->set_request_id(request->intent().request_id());
    response->set_session_id("00112233445566778899aabbccddeeff");
    response->mutable_certificate()->set_der(certificate_der_);
    response->mutable_certificate()->set_serial_number("1267");
    response->add_chain(certificate_der_);
    response->mutable_destruction()->set_signature_count(
        static_cast<uint32_t>(request->intent().documents_size()));
    response->mutable_destruction()->set_confirmation("CKR_OBJECT_HANDLE_INVALID");
    for (const v1::Document& document : request->intent().documents()) {
      AddSignature(document, *response->add_signatures());
    }
    return grpc::Status::OK;
  }
  void AddSignature(const v1::Document& document, v1::DocumentSignature& signature) {
    Bytes digest = ToBytes(absl::string_view(document.digest()));
    if (wrong_) digest[0] ^= 1;
    signature.set_label(document.label());
    signature.mutable_timestamp()->set_token("token");
    const MutexLock lock(mutex_);
    signature.set_signature(ToString(key_->SignDigest(DigestAlgorithm::kSha256, digest).value()));
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
  std::function<void()> before_answering_;
  grpc::Status status_ = grpc::Status::OK;
  mutable Mutex mutex_;
  std::string last_assertion_ ABSL_GUARDED_BY(mutex_);
  std::string last_request_id_ ABSL_GUARDED_BY(mutex_);
  const std::unique_ptr<testing::SoftwareSigningKey> key_ = testing::SoftwareSigningKey::Generate();
  const std::string certificate_der_ = ToString(DerOf(SelfSigned(*key_, "Signer").get()));
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_TESTS_UNIT_CLI_FAKE_SIGNING_SERVICE_H_
