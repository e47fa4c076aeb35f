// A gRPC client that knows nothing of the service but names and octets.
#include "tests/integration/grpc_caller.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "absl/strings/match.h"
#include "enkrat/rpc/status_details.pb.h"
#include "tests/support/service_environment.h"

namespace enkrat::testing {
namespace {

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const GrpcCaller::Options& options) {
  if (options.ca_file.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = ReadText(options.ca_file);
  if (!options.certificate_file.empty()) {
    tls.pem_cert_chain = ReadText(options.certificate_file);
    tls.pem_private_key = ReadText(options.key_file);
  }
  return grpc::SslCredentials(tls);
}

std::string TextOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!buffer.Dump(&slices).ok()) return text;
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

void ReadDetails(CallOutcome& outcome) {
  rpc::Status details;
  if (!details.ParseFromString(outcome.details)) return;
  for (const google::protobuf::Any& any : details.details()) {
    if (absl::EndsWith(any.type_url(), "/google.rpc.ErrorInfo")) {
      rpc::ErrorInfo info;
      info.ParseFromString(any.value());
      outcome.reason = info.reason();
      outcome.domain = info.domain();
      outcome.metadata = {info.metadata().begin(), info.metadata().end()};
    } else if (absl::EndsWith(any.type_url(), "/google.rpc.BadRequest")) {
      rpc::BadRequest bad;
      bad.ParseFromString(any.value());
      if (bad.field_violations_size() > 0) outcome.field = bad.field_violations(0).field();
    } else if (absl::EndsWith(any.type_url(), "/google.rpc.RetryInfo")) {
      outcome.has_retry_delay = true;
    }
  }
}

// One call on its way.
struct Flight {
  grpc::ClientContext context;
  grpc::ByteBuffer reply;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<grpc::ByteBuffer>> reader;

  CallOutcome Land() const {
    CallOutcome outcome{.code = static_cast<int>(status.error_code()),
                        .message = status.error_message(),
                        .details = status.error_details()};
    if (status.ok()) outcome.reply = TextOf(reply);
    ReadDetails(outcome);
    return outcome;
  }
};

}  // namespace

struct GrpcCaller::Stub {
  explicit Stub(const std::shared_ptr<grpc::Channel>& channel) : generic(channel) {}

  std::unique_ptr<Flight> Launch(const std::string& method, const std::string& request,
                                 const CallSettings& settings, grpc::CompletionQueue& queue) {
    auto flight = std::make_unique<Flight>();
    flight->context.set_deadline(absl::ToChronoTime(absl::Now() + settings.timeout));
    for (const auto& [name, value] : settings.metadata) flight->context.AddMetadata(name, value);
    const grpc::Slice slice(request);
    const grpc::ByteBuffer buffer(&slice, 1);
    flight->reader = generic.PrepareUnaryCall(&flight->context, method, buffer, &queue);
    flight->reader->StartCall();
    flight->reader->Finish(&flight->reply, &flight->status, flight.get());
    return flight;
  }

  grpc::GenericStub generic;
};

GrpcCaller::GrpcCaller(const Options& options) {
  grpc::ChannelArguments arguments;
  // Each caller has a connection of its own.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  stub_ = std::make_unique<Stub>(
      grpc::CreateCustomChannel(options.target, CredentialsOf(options), arguments));
}

GrpcCaller::~GrpcCaller() = default;

CallOutcome GrpcCaller::Call(const std::string& method, const std::string& request,
                             const CallSettings& settings) const {
  grpc::CompletionQueue queue;
  const std::unique_ptr<Flight> flight = stub_->Launch(method, request, settings, queue);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return flight->Land();
}

CallOutcome GrpcCaller::Call(const std::string& method, const google::protobuf::Message& request,
                             google::protobuf::Message* reply, const CallSettings& settings) const {
  const CallOutcome outcome = Call(method, request.SerializeAsString(), settings);
  if (outcome.ok() && reply != nullptr) reply->ParseFromString(*outcome.reply);
  return outcome;
}

CallOutcome GrpcCaller::Stream(const std::string& method, const std::vector<std::string>& parts,
                               std::vector<std::string>* replies,
                               const CallSettings& settings) const {
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + settings.timeout));
  const auto done = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto stream = stub_->generic.PrepareCall(&context, method, &queue);
  stream->StartCall(nullptr);
  bool open = done();
  for (size_t i = 0; open && i < parts.size(); ++i) {
    const grpc::Slice slice(parts[i]);
    stream->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    open = done();
  }
  stream->WritesDone(nullptr);
  done();
  grpc::ByteBuffer reply;
  for (stream->Read(&reply, nullptr); done(); stream->Read(&reply, nullptr)) {
    if (replies != nullptr) replies->push_back(TextOf(reply));
  }
  grpc::Status status;
  stream->Finish(&status, nullptr);
  done();
  CallOutcome outcome{.code = static_cast<int>(status.error_code()),
                      .message = status.error_message(),
                      .details = status.error_details()};
  ReadDetails(outcome);
  return outcome;
}

std::vector<CallOutcome> GrpcCaller::CallAtOnce(const std::string& method,
                                                const std::vector<std::string>& requests) const {
  grpc::CompletionQueue queue;
  const CallSettings settings = {.timeout = absl::Minutes(1)};
  std::vector<std::unique_ptr<Flight>> flights;
  for (const std::string& request : requests) {
    flights.push_back(stub_->Launch(method, request, settings, queue));
  }
  std::vector<CallOutcome> outcomes;
  void* tag = nullptr;
  for (bool ok = false; outcomes.size() < flights.size() && queue.Next(&tag, &ok);) {
    outcomes.push_back(static_cast<Flight*>(tag)->Land());
  }
  return outcomes;
}

}  // namespace enkrat::testing
