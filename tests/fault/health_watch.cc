#include "tests/fault/health_watch.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "absl/strings/string_view.h"

namespace enkrat::testing {
namespace {

// HealthCheckResponse with status SERVING and NOT_SERVING. Debian ships no stub of the service, and
// the request for the whole server is the empty message.
constexpr absl::string_view kServing("\x08\x01", 2);
constexpr absl::string_view kNotServing("\x08\x02", 2);

std::string OctetsOf(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return "";
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

}  // namespace

class HealthWatch::Stream {
 public:
  explicit Stream(const std::string& target)
      : stub_(grpc::CreateChannel(target, grpc::InsecureChannelCredentials())),
        call_(stub_.PrepareCall(&context_, "/grpc.health.v1.Health/Watch", &queue_)) {
    const grpc::Slice empty("");
    const grpc::ByteBuffer request(&empty, 1);
    call_->StartCall(this);
    if (!Await(absl::Seconds(30))) return;
    call_->WriteLast(request, {}, this);
    if (Await(absl::Seconds(30))) Read();
  }

  ~Stream() {
    context_.TryCancel();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  bool WaitUntil(absl::string_view status, absl::Duration timeout) {
    const absl::Time end = absl::Now() + timeout;
    while (last_ != status) {
      if (!reading_ || !Await(end - absl::Now())) return false;
      last_ = OctetsOf(message_);
      Read();
    }
    return true;
  }

 private:
  void Read() {
    reading_ = true;
    call_->Read(&message_, this);
  }

  // The operation under way has succeeded.
  bool Await(absl::Duration timeout) {
    void* tag = nullptr;
    bool ok = false;
    const auto next = queue_.AsyncNext(&tag, &ok, absl::ToChronoTime(absl::Now() + timeout));
    if (next == grpc::CompletionQueue::GOT_EVENT) reading_ = false;
    return next == grpc::CompletionQueue::GOT_EVENT && ok;
  }

  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  grpc::ByteBuffer message_;
  std::string last_;
  bool reading_ = false;
};

HealthWatch::HealthWatch(const std::string& target) : stream_(std::make_unique<Stream>(target)) {}
HealthWatch::~HealthWatch() = default;

bool HealthWatch::WaitUntilServing(absl::Duration timeout) {
  return stream_->WaitUntil(kServing, timeout);
}

bool HealthWatch::WaitUntilNotServing(absl::Duration timeout) {
  return stream_->WaitUntil(kNotServing, timeout);
}

}  // namespace enkrat::testing
