// Signing PINs in the real service, over gRPC: the whole life, every refusal, parallel guesses, and
// what is left on the disk.
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/integration/pin_calls.h"
#include "tests/integration/running_service.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kInvalidArgument = 3;
constexpr int kNotFound = 5;
constexpr int kAlreadyExists = 6;
constexpr int kFailedPrecondition = 9;
constexpr int kUnauthenticated = 16;

constexpr char kPin[] = "739251";
constexpr char kNewPin[] = "58d2k7";
constexpr char kWrongPin[] = "951437";
constexpr char kWrongPuk[] = "K7MQ2XAB";

class PinTest : public RunningService {
 protected:
  static void SetUpTestSuite() {
    StartService({.settings = PinSettings()});
    caller_ = std::make_unique<GrpcCaller>(GrpcCaller::Options{service().grpc_target()});
  }
  static void TearDownTestSuite() {
    caller_.reset();
    RunningService::TearDownTestSuite();
  }
  static const GrpcCaller& caller() { return *caller_; }
  static PinHolder Person(const std::string& sub) { return {service(), caller(), sub}; }
  template <typename Request>
  static CallOutcome Call(const char* method, const Request& request) {
    return caller().Call(absl::StrCat(kActivation, method), request, nullptr);
  }
  // Wrong PINs that were compared, since the ledger was made.
  static int Comparisons() {
    const ProgramOutcome counted =
        Execute({"sqlite3", "-readonly", service().File("ledger.db"),
                 "SELECT COUNT(*) FROM evidence WHERE step IN ('signing-pin-wrong', "
                 "'signing-pin-locked')"});
    EXPECT_THAT(counted, Succeeds());
    return std::atoi(counted.out.c_str());
  }

 private:
  static inline std::unique_ptr<GrpcCaller> caller_;
};

TEST_F(PinTest, WholeLife) {
  const PinHolder ana = Person("whole-life");
  EXPECT_EQ(ana.Status().state(), v1::SIGNING_PIN_STATE_NONE);
  const v1::EnrolResponse enrolment = ana.Enrol();
  EXPECT_EQ(enrolment.status().state(), v1::SIGNING_PIN_STATE_TRANSPORT);
  EXPECT_EQ(enrolment.transport_pin().size(), 8u);
  EXPECT_EQ(enrolment.puk().size(), 8u);
  EXPECT_THAT(ana.Sign(enrolment.transport_pin()),
              Refuses(kUnauthenticated, "SIGNING_PIN_REJECTED"));
  ASSERT_THAT(ana.Activate(enrolment.transport_pin(), kPin), IsGranted());
  EXPECT_THAT(ana.Sign(kPin), IsGranted());
  ASSERT_THAT(ana.Change(kPin, kNewPin), IsGranted());
  EXPECT_THAT(ana.Sign(kPin), Refuses(kUnauthenticated, "SIGNING_PIN_REJECTED"));
  EXPECT_THAT(ana.Sign(kNewPin), IsGranted());
  EXPECT_EQ(ana.Status().pin_tries_left(), 3u);
  EXPECT_THAT(ana.Sign(kPin), Refuses(kUnauthenticated, "SIGNING_PIN_REJECTED"));
  EXPECT_THAT(ana.Change(kPin, "94k6173"), Refuses(kUnauthenticated, "SIGNING_PIN_REJECTED"));
  EXPECT_THAT(ana.Sign(kPin), Refuses(kFailedPrecondition, "SIGNING_PIN_LOCKED"));
  EXPECT_EQ(ana.Status().state(), v1::SIGNING_PIN_STATE_LOCKED);
  EXPECT_THAT(ana.Sign(kNewPin), Refuses(kFailedPrecondition, "SIGNING_PIN_LOCKED"));
  ASSERT_THAT(ana.Unblock(enrolment.puk(), kPin), IsGranted());
  EXPECT_THAT(ana.Sign(kPin), IsGranted());
  ASSERT_THAT(ana.Revoke(), IsGranted());
  EXPECT_THAT(ana.Revoke(), Refuses(kNotFound, "NOT_FOUND"));
  EXPECT_THAT(ana.Sign(kPin), Refuses(kUnauthenticated, "SIGNING_PIN_REJECTED"));
  EXPECT_EQ(ana.Enrol().status().state(), v1::SIGNING_PIN_STATE_TRANSPORT);
}

TEST_F(PinTest, SignatureWithoutThePinIsRefused) {
  v1::SignRequest request = Person("no-proof").SignRequest(kPin);
  request.clear_pin_proof();
  EXPECT_THAT(caller().Call(kSign, request, nullptr),
              Refuses(kFailedPrecondition, "SIGNING_PIN_REQUIRED"));
}

TEST_F(PinTest, TypoCostsATryButNotTheAssertion) {
  const PinHolder person = Person("typo");
  person.Begin(kPin);
  v1::SignRequest request = person.SignRequest(kWrongPin);
  EXPECT_THAT(caller().Call(kSign, request, nullptr),
              Refuses(kUnauthenticated, "SIGNING_PIN_REJECTED"));
  request.mutable_pin_proof()->set_pin(kPin);
  EXPECT_THAT(caller().Call(kSign, request, nullptr), IsGranted());
}

TEST_F(PinTest, PinTypedForOtherDocumentsTakesNoTry) {
  const PinHolder person = Person("other-documents");
  person.Begin(kPin);
  v1::SignRequest request = person.SignRequest(kPin);
  *request.mutable_pin_proof()->mutable_signature_activation_data() = std::string(32, 'x');
  const CallOutcome outcome = caller().Call(kSign, request, nullptr);
  EXPECT_THAT(outcome, Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
  EXPECT_EQ(outcome.field, "pin_proof.signature_activation_data");
  EXPECT_EQ(person.Status().pin_tries_left(), 3u);
}

TEST_F(PinTest, EvidenceShowsThatThePinAuthorisedTheDocuments) {
  const PinHolder person = Person("evidence");
  person.Begin(kPin);
  v1::SignResponse response;
  ASSERT_THAT(person.Sign(kPin, &response), IsGranted());
  const ProgramOutcome shown = service().Enkrat(
      {"evidence", "show", response.session_id(), "--store", service().File("ledger.db")});
  EXPECT_THAT(shown, Succeeds());
  EXPECT_THAT(shown.out, HasSubstr("signing-pin-verified"));
}

TEST_F(PinTest, EnrolmentBelowHighIsRefusedWithWhatToStepUpTo) {
  v1::EnrolRequest request;
  *request.mutable_person() =
      Person("substantial")
          .LogIn(v1::ACTIVATION_OPERATION_ENROL, {{"acr", "urn:enkrat:loa:substantial"}});
  const CallOutcome outcome = Call("Enrol", request);
  EXPECT_THAT(outcome, Refuses(kUnauthenticated, "LEVEL_OF_ASSURANCE_TOO_LOW"));
  EXPECT_EQ(outcome.metadata.at("acr_values"), "urn:enkrat:loa:high");
}

TEST_F(PinTest, SubstantialIsEnoughForTheRestAndLowIsNot) {
  const PinHolder person = Person("levels");
  person.Begin(kPin);
  v1::RevokeRequest request;
  *request.mutable_person() =
      person.LogIn(v1::ACTIVATION_OPERATION_REVOKE, {{"acr", "urn:enkrat:loa:low"}});
  EXPECT_THAT(Call("Revoke", request), Refuses(kUnauthenticated, "LEVEL_OF_ASSURANCE_TOO_LOW"));
  *request.mutable_person() =
      person.LogIn(v1::ACTIVATION_OPERATION_REVOKE, {{"acr", "urn:enkrat:loa:substantial"}});
  EXPECT_THAT(Call("Revoke", request), IsGranted());
}

TEST_F(PinTest, AssertionForAnotherCallIsRefused) {
  const PinHolder person = Person("other-call");
  v1::EnrolRequest request;
  *request.mutable_person() = person.LogIn(v1::ACTIVATION_OPERATION_GET_STATUS);
  EXPECT_THAT(Call("Enrol", request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  *request.mutable_person() = person.LogIn(v1::ACTIVATION_OPERATION_ENROL);
  request.mutable_person()->set_request_id(NewRequestId());
  EXPECT_THAT(Call("Enrol", request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  // One that was made for signing.
  const v1::SignRequest sign = person.SignRequest(kPin);
  request.mutable_person()->set_request_id(sign.intent().request_id());
  request.mutable_person()->set_assertion(sign.assertion());
  EXPECT_THAT(Call("Enrol", request), Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
  EXPECT_EQ(person.Status().state(), v1::SIGNING_PIN_STATE_NONE);
}

TEST_F(PinTest, RepeatedEnrolmentDoesNotTellThePukAgain) {
  const PinHolder person = Person("repeated");
  v1::EnrolRequest request;
  *request.mutable_person() = person.LogIn(v1::ACTIVATION_OPERATION_ENROL);
  ASSERT_THAT(Call("Enrol", request), IsGranted());
  const CallOutcome again = Call("Enrol", request);
  EXPECT_THAT(again, Refuses(kAlreadyExists, "REQUEST_ID_REUSED"));
  EXPECT_FALSE(again.reply.has_value());
  *request.mutable_person() = person.LogIn(v1::ACTIVATION_OPERATION_ENROL);
  EXPECT_THAT(Call("Enrol", request), Refuses(kAlreadyExists, "SIGNING_PIN_EXISTS"));
}

TEST_F(PinTest, WeakPinIsRefusedAndTakesNoTry) {
  const PinHolder person = Person("weak");
  const v1::EnrolResponse enrolment = person.Enrol();
  for (const char* weak : {"123456", "010285", "7392", "qwerty7"}) {
    const CallOutcome outcome = person.Activate(enrolment.transport_pin(), weak);
    EXPECT_THAT(outcome, Refuses(kInvalidArgument, "SIGNING_PIN_UNSUITABLE")) << weak;
    EXPECT_EQ(outcome.field, "new_pin");
  }
  EXPECT_EQ(person.Status().pin_tries_left(), 3u);
}

TEST_F(PinTest, StrangerIsToldWhatAWrongPinIsTold) {
  Person("known").Begin(kPin);
  const CallOutcome wrong = Person("known").Sign(kWrongPin);
  const CallOutcome stranger = Person("stranger").Sign(kWrongPin);
  EXPECT_THAT(wrong, Refuses(kUnauthenticated, "SIGNING_PIN_REJECTED"));
  EXPECT_EQ(stranger.code, wrong.code);
  EXPECT_EQ(stranger.message, wrong.message);
  EXPECT_EQ(stranger.details, wrong.details);
}

TEST_F(PinTest, ThirdWrongPukDestroysAndANewEnrolmentFollows) {
  const PinHolder person = Person("destroyed");
  const v1::EnrolResponse enrolment = person.Begin(kPin);
  EXPECT_THAT(person.Unblock(kWrongPuk, kNewPin),
              Refuses(kUnauthenticated, "SIGNING_PIN_REJECTED"));
  EXPECT_THAT(person.Unblock(kWrongPuk, kNewPin),
              Refuses(kUnauthenticated, "SIGNING_PIN_REJECTED"));
  EXPECT_THAT(person.Unblock(kWrongPuk, kNewPin),
              Refuses(kFailedPrecondition, "SIGNING_PIN_DESTROYED"));
  EXPECT_EQ(person.Status().state(), v1::SIGNING_PIN_STATE_DESTROYED);
  EXPECT_THAT(person.Unblock(enrolment.puk(), kNewPin),
              Refuses(kUnauthenticated, "SIGNING_PIN_REJECTED"));
  EXPECT_THAT(person.Sign(kPin), Refuses(kUnauthenticated, "SIGNING_PIN_REJECTED"));
  person.Begin(kNewPin);
  EXPECT_THAT(person.Sign(kNewPin), IsGranted());
}

TEST_F(PinTest, HundredGuessesOnTwoConnectionsAreThreeTries) {
  const PinHolder person = Person("guessed");
  person.Begin(kPin);
  std::vector<std::string> first;
  std::vector<std::string> second;
  for (int n = 0; n < 100; ++n) {
    const v1::SignRequest request = person.SignRequest(absl::StrCat(951400 + n));
    (n % 2 == 0 ? first : second).push_back(request.SerializeAsString());
  }
  const int before = Comparisons();
  const GrpcCaller other({service().grpc_target()});
  std::vector<CallOutcome> outcomes;
  std::thread thread([&] { outcomes = other.CallAtOnce(kSign, second); });
  std::vector<CallOutcome> more = caller().CallAtOnce(kSign, first);
  thread.join();
  outcomes.insert(outcomes.end(), more.begin(), more.end());
  int rejected = 0;
  int locked = 0;
  int busy = 0;
  for (const CallOutcome& outcome : outcomes) {
    rejected += outcome.reason == "SIGNING_PIN_REJECTED" ? 1 : 0;
    locked += outcome.reason == "SIGNING_PIN_LOCKED" ? 1 : 0;
    busy += outcome.reason == "OVERLOADED" ? 1 : 0;  // not looked at
  }
  // Two tries that overlap may both learn that no try is left.
  EXPECT_LE(rejected, 2);
  EXPECT_GE(locked, 1);
  EXPECT_EQ(rejected + locked + busy, 100);
  EXPECT_EQ(Comparisons() - before, 3);
  EXPECT_EQ(person.Status().state(), v1::SIGNING_PIN_STATE_LOCKED);
}

// A service of its own: it is killed.
TEST(PinAfterKill, CountersSurvive) {
  ServiceEnvironment service({.settings = PinSettings()});
  ASSERT_THAT(service.Start(), IsOk());
  std::string puk;
  {
    const GrpcCaller caller({service.grpc_target()});
    const PinHolder person(service, caller, "survivor");
    puk = person.Begin(kPin).puk();
    EXPECT_FALSE(person.Sign(kWrongPin).ok());
    EXPECT_FALSE(person.Unblock(kWrongPuk, kNewPin).ok());
    EXPECT_FALSE(person.Sign(kWrongPin).ok());
  }
  service.Kill();
  ASSERT_THAT(service.Start(), IsOk());
  const GrpcCaller caller({service.grpc_target()});
  const PinHolder person(service, caller, "survivor");
  EXPECT_EQ(person.Status().pin_tries_left(), 1u);
  EXPECT_EQ(person.Status().puk_tries_left(), 2u);
  EXPECT_THAT(person.Sign(kWrongPin), Refuses(kFailedPrecondition, "SIGNING_PIN_LOCKED"));
  service.Kill();
  ASSERT_THAT(service.Start(), IsOk());
  const GrpcCaller again({service.grpc_target()});
  const PinHolder locked(service, again, "survivor");
  EXPECT_THAT(locked.Sign(kPin), Refuses(kFailedPrecondition, "SIGNING_PIN_LOCKED"));
  EXPECT_THAT(locked.Unblock(puk, kNewPin), IsGranted());
  EXPECT_THAT(locked.Sign(kNewPin), IsGranted());
}

TEST_F(PinTest, NothingOfASecretIsOnTheDiskInTheLogOrInTheFigures) {
  const PinHolder person = Person("traces");
  const v1::EnrolResponse enrolment = person.Begin("84629375");
  EXPECT_THAT(person.Sign("84629375"), IsGranted());
  EXPECT_FALSE(person.Sign("90817263").ok());
  EXPECT_FALSE(person.Unblock("H4WXPTZ9", "kX7mQ2zu").ok());
  EXPECT_THAT(person.Change("84629375", "kX7mQ2zu"), IsGranted());
  std::string traces = service().daemon().err() + service().daemon().out() +
                       Execute({"curl", "-sS", service().http_url() + "/metrics"}).out;
  size_t files = 0;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const std::string text = ReadText(service().File(absl::StrCat("ledger.db", suffix)));
    files += text.empty() ? 0 : 1;
    traces += text;
  }
  EXPECT_GE(files, 2u);
  EXPECT_THAT(traces, HasSubstr("signing-pin-changed"));
  for (const std::string& secret :
       {enrolment.transport_pin(), enrolment.puk(), std::string("84629375"),
        std::string("90817263"), std::string("H4WXPTZ9"), std::string("kX7mQ2zu")}) {
    EXPECT_THAT(traces.find(secret), std::string::npos) << secret;
  }
}

GrpcCaller CallerOf(const ServiceEnvironment& service, const std::string& name) {
  return GrpcCaller({.target = service.grpc_target(),
                     .ca_file = service.tls().CaFile(),
                     .certificate_file = service.tls().CertificateFile(name),
                     .key_file = service.tls().KeyFile(name)});
}

// Relying parties are told apart by their client certificates.
TEST(PinOfOneRelyingParty, IsNoneAtAnother) {
  ServiceSettings settings = PinSettings();
  settings["relying_parties"] =
      "[{id: alpha, certificate_sans: [\"DNS:alpha.example\"], levels: [{level: advanced, "
      "signing_pin: true}]}, {id: beta, certificate_sans: [\"DNS:beta.example\"], levels: [{level: "
      "advanced, signing_pin: true}]}]";
  ServiceEnvironment service({.mutual_tls = true, .settings = settings});
  ASSERT_THAT(service.Start(), IsOk());
  const GrpcCaller alpha = CallerOf(service, "alpha");
  const GrpcCaller beta = CallerOf(service, "beta");
  const PinHolder here(service, alpha, "both");
  const PinHolder there(service, beta, "both");
  here.Begin(kPin);
  EXPECT_THAT(here.Sign(kPin), IsGranted());
  EXPECT_EQ(there.Status().state(), v1::SIGNING_PIN_STATE_NONE);
  for (int n = 0; n < 4; ++n) {
    EXPECT_THAT(there.Sign(kPin), Refuses(kUnauthenticated, "SIGNING_PIN_REJECTED"));
  }
  EXPECT_EQ(here.Status().pin_tries_left(), 3u);
  // An assertion for one is none for the other.
  v1::RevokeRequest request;
  *request.mutable_person() = here.LogIn(v1::ACTIVATION_OPERATION_REVOKE);
  EXPECT_THAT(beta.Call(absl::StrCat(kActivation, "Revoke"), request, nullptr),
              Refuses(kUnauthenticated, "ASSERTION_REJECTED"));
}

TEST(PinsNotEnabled, ServiceDoesNotOfferThem) {
  ServiceEnvironment service;
  ASSERT_THAT(service.Start(), IsOk());
  const GrpcCaller caller({service.grpc_target()});
  const CallOutcome outcome =
      caller.Call(absl::StrCat(kActivation, "Enrol"), v1::EnrolRequest(), nullptr);
  EXPECT_EQ(outcome.code, 12);
  v1::SignRequest request = BoundRequest(service, caller);
  request.mutable_pin_proof()->set_pin(kPin);
  request.mutable_pin_proof()->set_signature_activation_data(std::string(32, 'x'));
  EXPECT_THAT(caller.Call(kSign, request, nullptr), Refuses(kInvalidArgument, "REQUEST_MALFORMED"));
}

}  // namespace
}  // namespace enkrat::testing
