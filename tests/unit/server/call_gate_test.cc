// The gate and its calls, behind a real gRPC server on a loopback port.
#include "server/call_gate.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <latch>
#include <sstream>
#include <thread>

#include "common/reason.h"
#include "enkrat/v1/timestamp_service.grpc.pb.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FakeClock;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kRequestId[] = "7d444840-9dc0-11d1-b245-5ffdce74fad2";

// Any service will do: the gate does not look at messages. `time_stamp_req` stands for what a
// request says of itself.
class GatedService final : public v1::TimestampService::CallbackService {
 public:
  explicit GatedService(CallGate& gate) : gate_(&gate) {}
  // For the calls from now on.
  void PutBehind(CallGate& gate) { gate_ = &gate; }

  grpc::ServerUnaryReactor* TimestampQuery(grpc::CallbackServerContext* context,
                                           const v1::TimestampQueryRequest* request,
                                           v1::TimestampQueryResponse* response) override {
    const CallGate::Arrival arrival = {.method = "Query", .request_id = request->time_stamp_req()};
    CallGate& gate = *gate_;
    absl::StatusOr<Call> call = gate.Enter(*context, arrival);
    if (!call.ok()) return gate.Refuse(*context, arrival, call.status());
    return gate.Run(*std::move(call), response,
                    [this, response](Call& running, const std::atomic<bool>& cancelled) {
                      return work(running, *response, cancelled);
                    });
  }

  std::function<absl::Status(Call&, v1::TimestampQueryResponse&, const std::atomic<bool>&)> work =
      [](Call&, v1::TimestampQueryResponse&, const std::atomic<bool>&) { return absl::OkStatus(); };

 private:
  std::atomic<CallGate*> gate_;
};

class CallGateTest : public ::testing::Test {
 protected:
  CallGateTest() {
    CallerDirectory::Entry entry;
    entry.relying_party.id = "demo";
    entry.relying_party.max_in_flight = 2;
    callers_ = *CallerDirectory::Create({}, "demo", {entry});
    gate_ = std::make_unique<CallGate>(CallGate::Options{.callers = callers_.get(),
                                                         .rates = &rates_,
                                                         .limit = &limit_,
                                                         .responses = &responses_,
                                                         .calls = &calls_,
                                                         .pool = &pool_,
                                                         .metrics = &metrics_,
                                                         .logger = &logger_,
                                                         .clock = &clock_});
    service_ = std::make_unique<GatedService>(*gate_);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);  // or the client may make room by itself
    channel_ = grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port),
                                         grpc::InsecureChannelCredentials(), arguments);
    stub_ = v1::TimestampService::NewStub(channel_);
  }
  ~CallGateTest() override { server_->Shutdown(); }

  grpc::Status Ask(const std::string& request_id = kRequestId) {
    grpc::ClientContext context;
    v1::TimestampQueryRequest request;
    request.set_time_stamp_req(request_id);
    return stub_->TimestampQuery(&context, request, &response_);
  }
  struct Limits {
    bool disabled = false;
    uint32_t calls_per_second = 0;
    uint32_t burst = 0;
  };
  // What is known of "demo" from now on; it must have come from the folder.
  void Know(const Limits& limits) {
    CallerDirectory::Entry entry;
    entry.relying_party.id = "demo";
    entry.relying_party.disabled->store(limits.disabled);
    entry.relying_party.calls_per_second = limits.calls_per_second;
    entry.relying_party.burst = limits.burst;
    ASSERT_TRUE(callers_->Replace({entry}).ok());
  }
  // What happens on gRPC's threads after the client has its answer.
  void WaitUntilEmpty() {
    while (limit_.inside() > 0) std::this_thread::yield();
  }
  std::string Log() {
    server_->Shutdown();
    return log_.str();
  }

  FakeClock clock_;
  std::ostringstream log_;
  Logger logger_{log_, clock_};
  Metrics metrics_;
  CallRates rates_{clock_};
  signer::InFlightLimit limit_{16};
  ResponseBudget responses_{{.total = 4 << 20, .for_each = 2 << 20}};
  OpenCalls calls_{{.clock = &clock_, .longest_delivery = absl::Seconds(30)}};
  ThreadPool pool_{{.threads = 1, .queue_limit = 1}};
  std::unique_ptr<CallerDirectory> callers_;
  std::unique_ptr<CallGate> gate_;
  std::unique_ptr<GatedService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::TimestampService::Stub> stub_;
  v1::TimestampQueryResponse response_;
};

// A client that calls and does not read the answer. An answer beyond the flow control window of
// 64 KiB then stays in the server.
class ClientThatDoesNotRead {
 public:
  explicit ClientThatDoesNotRead(const std::shared_ptr<grpc::Channel>& channel) : stub_(channel) {
    call_ = stub_.PrepareCall(&context_, "/enkrat.v1.TimestampService/TimestampQuery", &queue_);
    call_->StartCall(this);
    Next();
    grpc::ByteBuffer nothing;
    const grpc::Slice empty;
    call_->Write(grpc::ByteBuffer(&empty, 1), this);
    Next();
    call_->WritesDone(this);
    Next();
  }
  ~ClientThatDoesNotRead() {
    context_.TryCancel();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

 private:
  void Next() {
    void* tag = nullptr;
    bool ok = false;
    queue_.Next(&tag, &ok);
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

TEST_F(CallGateTest, CallIsCountedAndLoggedWithItsIds) {
  service_->work = [](Call& call, v1::TimestampQueryResponse&, const std::atomic<bool>&) {
    call.session_id = "session-1";
    return absl::OkStatus();
  };
  EXPECT_TRUE(Ask().ok());
  WaitUntilEmpty();
  EXPECT_THAT(metrics_.Text(), HasSubstr("enkrat_calls_total{method=\"Query\",reason=\"OK\"} 1"));
  const std::string log = Log();
  EXPECT_THAT(log, HasSubstr(kRequestId));
  EXPECT_THAT(log, HasSubstr("session-1"));
}

TEST_F(CallGateTest, RequestIdThatIsNoneDoesNotReachTheLog) {
  EXPECT_TRUE(Ask("forged\nline of 36 characters exactly!!!").ok());
  EXPECT_THAT(Log(), Not(HasSubstr("forged")));
}

TEST_F(CallGateTest, DisabledRelyingPartyIsRefusedAndTakesNoPlace) {
  Know({.disabled = true});
  EXPECT_EQ(Ask().error_code(), grpc::PERMISSION_DENIED);
  EXPECT_EQ(limit_.inside(), 0u);
  EXPECT_THAT(
      metrics_.Text(),
      HasSubstr("enkrat_calls_total{method=\"Query\",reason=\"RELYING_PARTY_DISABLED\"} 1"));
}

TEST_F(CallGateTest, RelyingPartyDoesNotTakeAllPlacesOfASmallHouse) {
  std::latch inside(1);
  std::latch go(1);
  service_->work = [&](Call&, v1::TimestampQueryResponse&, const std::atomic<bool>&) {
    inside.count_down();
    go.wait();
    return absl::OkStatus();
  };
  std::thread first([this] { EXPECT_TRUE(Ask().ok()); });
  inside.wait();
  CallGate small({.callers = callers_.get(),
                  .rates = &rates_,
                  .limit = &limit_,
                  .responses = &responses_,
                  .calls = &calls_,
                  .pool = &pool_,
                  .metrics = &metrics_,
                  .logger = &logger_,
                  .clock = &clock_,
                  .most_of_one = 1});
  service_->PutBehind(small);
  EXPECT_EQ(Ask().error_code(), grpc::RESOURCE_EXHAUSTED);
  go.count_down();
  first.join();
  WaitUntilEmpty();
}

TEST_F(CallGateTest, CallOverTheRateIsRefusedBeforeItTakesAPlace) {
  Know({.calls_per_second = 1, .burst = 1});
  EXPECT_TRUE(Ask().ok());
  WaitUntilEmpty();
  EXPECT_EQ(Ask().error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_EQ(limit_.inside(), 0u);
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Ask().ok());
}

TEST_F(CallGateTest, RelyingPartyThatIsFullIsRefusedAndItsRequestIdLogged) {
  const auto first = limit_.Enter("demo", 2);
  const auto second = limit_.Enter("demo", 2);
  EXPECT_EQ(Ask().error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("enkrat_calls_total{method=\"Query\",reason=\"RATE_LIMITED\"} 1"));
  EXPECT_THAT(Log(), HasSubstr(kRequestId));
}

TEST_F(CallGateTest, FullPoolRefusesCountsAndGivesThePlaceBack) {
  const auto release = std::make_shared<std::latch>(1);  // outlives the test in its job
  std::latch running(1);
  ASSERT_TRUE(pool_.TrySubmit([release, &running] {
    running.count_down();
    release->wait();
  }));
  running.wait();
  ASSERT_TRUE(pool_.TrySubmit([] {}));  // fills the queue
  EXPECT_EQ(Ask().error_code(), grpc::RESOURCE_EXHAUSTED);
  WaitUntilEmpty();
  release->count_down();
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("enkrat_calls_total{method=\"Query\",reason=\"OVERLOADED\"} 1"));
}

TEST_F(CallGateTest, AnswerBeyondTheBudgetIsRefusedAndNotKept) {
  service_->work = [](Call&, v1::TimestampQueryResponse& response, const std::atomic<bool>&) {
    response.set_time_stamp_resp(std::string((2 << 20) + 1, 'x'));
    return absl::OkStatus();
  };
  const grpc::Status status = Ask();
  EXPECT_EQ(status.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_details(), HasSubstr("RetryInfo"));
  WaitUntilEmpty();
  EXPECT_EQ(responses_.reserved(), 0u);
}

TEST_F(CallGateTest, AnswerThatWasReservedIsGivenEvenIfItIsLargerThanThought) {
  service_->work = [this](Call& call, v1::TimestampQueryResponse& response,
                          const std::atomic<bool>&) {
    const absl::Status room = gate_->ReserveResponse(call, 1);
    response.set_time_stamp_resp(std::string((2 << 20) + 1, 'x'));
    return room;
  };
  EXPECT_TRUE(Ask().ok());
  WaitUntilEmpty();
  EXPECT_EQ(responses_.reserved(), 0u);
}

TEST_F(CallGateTest, AnswerThatIsNotTakenKeepsItsPlaceUntilItsTimeIsOver) {
  service_->work = [](Call&, v1::TimestampQueryResponse& response, const std::atomic<bool>&) {
    response.set_time_stamp_resp(std::string(1 << 20, 'x'));
    return absl::OkStatus();
  };
  ClientThatDoesNotRead client(channel_);
  while (responses_.reserved() < (1 << 20)) std::this_thread::yield();
  clock_.Advance(absl::Seconds(29));
  EXPECT_EQ(calls_.CancelUndelivered(), 0u);
  EXPECT_EQ(limit_.inside(), 1u);
  // The answer may have been sent only after the clock was moved.
  while (calls_.CancelUndelivered() == 0) clock_.Advance(absl::Seconds(1));
  WaitUntilEmpty();
  EXPECT_EQ(responses_.reserved(), 0u);
}

TEST_F(CallGateTest, StoppedHouseTellsTheWorkThatRunsAndTheWorkThatComes) {
  std::latch running(1);
  service_->work = [&](Call&, v1::TimestampQueryResponse&, const std::atomic<bool>& cancelled) {
    if (!running.try_wait()) running.count_down();
    while (!cancelled) std::this_thread::yield();
    return MakeError(Reason::kCancelled, "stopped");
  };
  std::thread stopper([&] {
    running.wait();
    calls_.StopWork();
  });
  EXPECT_FALSE(Ask().ok());
  EXPECT_FALSE(Ask().ok());
  stopper.join();
}

}  // namespace
}  // namespace enkrat::server
