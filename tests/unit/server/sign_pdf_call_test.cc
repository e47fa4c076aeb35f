// Clients of SignPdf that begin to send a document and never end, behind a real gRPC server on a
// loopback port.
#include "server/sign_pdf_call.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <sstream>
#include <thread>

#include "enkrat/v1/signing_service.grpc.pb.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scratch_folder.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FakeClock;

class PdfService final : public v1::SigningService::CallbackService {
 public:
  explicit PdfService(PdfSigning signing) : signing_(std::move(signing)) {}
  SignPdfReactor* SignPdf(grpc::CallbackServerContext* context) override {
    return StartSignPdf(*context, signing_);
  }

 private:
  const PdfSigning signing_;
};

class SignPdfCallTest : public ::testing::Test {
 protected:
  SignPdfCallTest() {
    CallerDirectory::Entry entry;
    entry.relying_party.id = "demo";
    entry.relying_party.max_in_flight = 2;
    callers_ = *CallerDirectory::Create({}, "demo", {entry});
    gate_ = std::make_unique<CallGate>(CallGate::Options{.callers = callers_.get(),
                                                         .rates = &rates_,
                                                         .limit = &limit_,
                                                         .responses = &budget_,
                                                         .calls = &calls_,
                                                         .pool = &pool_,
                                                         .metrics = &metrics_,
                                                         .logger = &logger_,
                                                         .clock = &clock_});
    service_ = std::make_unique<PdfService>(PdfSigning{
        .gate = gate_.get(), .spooled = &budget_, .spool_folder = folder_.path(), .font_file = ""});
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    stub_ = v1::SigningService::NewStub(grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                                            grpc::InsecureChannelCredentials()));
  }
  ~SignPdfCallTest() override { server_->Shutdown(); }

  // A call that is in the house and has sent nothing yet.
  std::unique_ptr<grpc::ClientReaderWriter<v1::SignPdfRequest, v1::SignPdfResponse>> Begin() {
    auto stream = stub_->SignPdf(&context_);
    while (limit_.inside() == 0) std::this_thread::yield();
    return stream;
  }
  void WaitUntilEmpty() {
    while (limit_.inside() > 0) std::this_thread::yield();
  }

  FakeClock clock_;
  std::ostringstream log_;
  Logger logger_{log_, clock_};
  Metrics metrics_;
  CallRates rates_{clock_};
  signer::InFlightLimit limit_{16};
  ResponseBudget budget_{{.total = 4 << 20, .for_each = 2 << 20}};
  OpenCalls calls_{{.clock = &clock_, .longest_delivery = absl::Seconds(30)}};
  ThreadPool pool_{{.threads = 1, .queue_limit = 1}};
  enkrat::testing::ScratchFolder folder_;
  std::unique_ptr<CallerDirectory> callers_;
  std::unique_ptr<CallGate> gate_;
  std::unique_ptr<PdfService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::SigningService::Stub> stub_;
  grpc::ClientContext context_;
};

TEST_F(SignPdfCallTest, ClientThatStopsSendingIsShownOut) {
  const auto stream = Begin();
  clock_.Advance(absl::Seconds(29));
  EXPECT_EQ(calls_.CancelUndelivered(), 0u);
  // The call may have begun to wait only after the clock was moved.
  while (calls_.CancelUndelivered() == 0) clock_.Advance(absl::Seconds(1));
  EXPECT_FALSE(stream->Finish().ok());
  WaitUntilEmpty();
}

TEST_F(SignPdfCallTest, ClientThatSendsALittleNowAndThenIsShownOutAtTheDeadline) {
  const auto stream = Begin();
  clock_.Advance(absl::Minutes(11));  // longer than any call may take
  stream->Write({});
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  WaitUntilEmpty();
}

TEST_F(SignPdfCallTest, ClientThatEndsWithoutADocumentIsTold) {
  const auto stream = Begin();
  stream->WritesDone();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  WaitUntilEmpty();
}

}  // namespace
}  // namespace enkrat::server
