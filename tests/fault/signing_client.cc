#include "tests/fault/signing_client.h"

#include <grpcpp/grpcpp.h>

#include <future>
#include <utility>

#include "cli/service_error.h"
#include "common/mutex.h"
#include "enkrat/v1/signing_service.grpc.pb.h"

namespace enkrat::testing {
namespace {

absl::Status Convert(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return cli::FromServiceError(status.error_code(), status.error_message(), status.error_details());
}

void SetTimeout(grpc::ClientContext& context, absl::Duration timeout) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
}

class SignCall final : public SigningClient::Call {
 public:
  void Cancel() override { context.TryCancel(); }

  grpc::ClientContext context;
  v1::SignRequest request;
  SignAnswer answer;
};

}  // namespace

class SigningClient::Channel {
 public:
  explicit Channel(const std::string& target) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    // An answer from a service that was started a moment ago must not wait for a backoff.
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    stub = v1::SigningService::NewStub(
        grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments));
  }

  ~Channel() {
    const MutexLock lock(mutex_);
    while (running_ > 0) idle_.wait(mutex_);
  }

  void Begin() {
    const MutexLock lock(mutex_);
    ++running_;
  }

  void End() {
    const MutexLock lock(mutex_);
    if (--running_ == 0) idle_.notify_all();
  }

  std::unique_ptr<v1::SigningService::Stub> stub;

 private:
  Mutex mutex_;
  CondVar idle_;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
};

SigningClient::SigningClient(const std::string& target)
    : channel_(std::make_unique<Channel>(target)) {}
SigningClient::~SigningClient() = default;

SignAnswer SigningClient::Sign(const v1::SignRequest& request, absl::Duration timeout) {
  std::promise<SignAnswer> promise;
  Start(request, timeout, [&promise](const SignAnswer& answer) { promise.set_value(answer); });
  return promise.get_future().get();
}

absl::Status SigningClient::GetSession(const std::string& request_id,
                                       v1::GetSessionResponse* response) {
  grpc::ClientContext context;
  SetTimeout(context, absl::Seconds(30));
  v1::GetSessionRequest request;
  request.set_request_id(request_id);
  return Convert(channel_->stub->GetSession(&context, request, response));
}

std::shared_ptr<SigningClient::Call> SigningClient::Start(const v1::SignRequest& request,
                                                          absl::Duration timeout, Done done) {
  auto call = std::make_shared<SignCall>();
  call->request = request;
  SetTimeout(call->context, timeout);
  channel_->Begin();
  const absl::Time began = absl::Now();
  channel_->stub->async()->Sign(
      &call->context, &call->request, &call->answer.response,
      [channel = channel_.get(), call, began,
       done = std::move(done)](const grpc::Status& status) mutable {
        call->answer.code = static_cast<absl::StatusCode>(status.error_code());
        call->answer.status = Convert(status);
        call->answer.from_service = status.ok() || !status.error_details().empty();
        call->answer.took = absl::Now() - began;
        done(call->answer);
        // gRPC 1.51.1 aborts if the last of a channel, which the context holds too, goes on a
        // thread of its own: the context must be gone when End lets the owner go on.
        call.reset();
        channel->End();
      });
  return call;
}

}  // namespace enkrat::testing
