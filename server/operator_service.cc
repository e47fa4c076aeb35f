#include "server/operator_service.h"

#include <grpcpp/grpcpp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/operator_service.grpc.pb.h"
#include "server/grpc_status.h"
#include "signer/message_time.h"
#include "signer/stored_result.h"

namespace enkrat::server {
namespace {

constexpr int kLargestRequest = 64 * 1024;
constexpr size_t kCallsThatMayWait = 16;
constexpr std::chrono::seconds kPatience(5);
constexpr uint32_t kDefaultPageSize = 100;
constexpr uint32_t kDefaultEraseLimit = 1000;

absl::Status Invalid(absl::string_view what) {
  return MakeError(Reason::kConfigurationInvalid, absl::StrCat("server.operator_socket: ", what));
}

void Fill(const store::ErasedSession& session, v1::ErasedSession& message) {
  message.set_session_id(session.session_id);
  for (const std::string& part : session.erased) message.add_erased(part);
  for (const std::string& part : session.kept) message.add_kept(part);
  if (session.kept_until.has_value()) {
    signer::FillTime(*session.kept_until, *message.mutable_kept_until());
  }
}

// A result is held for repetitions; what is personal in it beside the certificate are the labels.
absl::Status FillLabels(const store::SessionRecord& session, v1::HeldSession& message) {
  if (!session.result.has_value()) return absl::OkStatus();
  ENKRAT_ASSIGN_OR_RETURN(const signer::SigningResult result,
                          signer::StoredResult::Decode(*session.result));
  for (const signer::DocumentSignature& signature : result.signatures) {
    message.add_document_labels(signature.label);
  }
  return absl::OkStatus();
}

absl::Status Fill(const store::HeldSession& held, v1::HeldSession& message) {
  const store::SessionRecord& session = held.session;
  message.set_session_id(session.session_id);
  message.set_relying_party(session.relying_party);
  message.set_request_id(session.request_id);
  message.set_state(session.state == store::SessionState::kCompleted ? "COMPLETED" : "FAILED");
  signer::FillTime(session.started_at, *message.mutable_started_at());
  if (session.ended_at.has_value()) {
    signer::FillTime(*session.ended_at, *message.mutable_ended_at());
  }
  if (held.certificate.has_value()) message.set_certificate(ToString(held.certificate->der));
  if (held.person.has_value()) {
    message.set_identity_json(ToString(held.person->identity));
    message.set_particulars_json(ToString(held.person->particulars));
  }
  for (const store::EvidenceRecord& record : held.evidence) {
    v1::EvidenceStep& step = *message.add_evidence();
    step.set_step(record.step);
    signer::FillTime(record.at, *step.mutable_at());
    step.set_facts_json(record.facts_json);
  }
  for (const store::ProblemReport& report : held.problems) {
    v1::HeldProblem& problem = *message.add_problems();
    problem.set_report_id(report.report_id);
    problem.set_kind(report.kind);
    signer::FillTime(report.reported_at, *problem.mutable_reported_at());
    problem.set_text_json(report.text);
  }
  signer::FillTime(held.due_at, *message.mutable_due_at());
  return FillLabels(session, message);
}

signer::PersonQuery QueryOf(const v1::Subject& subject, const std::string& page_token) {
  return {.issuer = subject.issuer(),
          .subject = subject.subject(),
          .relying_party = subject.relying_party(),
          .page_token = page_token};
}

class OperatorService final : public v1::OperatorService::CallbackService {
 public:
  OperatorService(signer::PersonalDataDesk& desk, ThreadPool& pool, Logger& logger)
      : desk_(desk), pool_(pool), logger_(logger) {}

  grpc::ServerUnaryReactor* ListRetention(grpc::CallbackServerContext* context,
                                          const v1::ListRetentionRequest* request,
                                          v1::ListRetentionResponse* response) override {
    return Run(*context, "ListRetention", [this, request, response]() -> absl::Status {
      std::optional<absl::Time> before;
      if (request->has_due_before()) before = signer::TimeFrom(request->due_before());
      const uint32_t size = request->page_size() == 0 ? kDefaultPageSize : request->page_size();
      ENKRAT_ASSIGN_OR_RETURN(const store::DuePage page,
                              desk_.ListDue(before, size, request->page_token()));
      for (const store::DueSession& session : page.sessions) {
        v1::DueSession& message = *response->add_sessions();
        message.set_session_id(session.session_id);
        message.set_relying_party(session.relying_party);
        message.set_serial_number(session.serial_number);
        signer::FillTime(session.ended_at, *message.mutable_ended_at());
        signer::FillTime(session.due_at, *message.mutable_due_at());
      }
      response->set_next_page_token(page.next_page_token);
      return absl::OkStatus();
    });
  }

  grpc::ServerUnaryReactor* EraseDue(grpc::CallbackServerContext* context,
                                     const v1::EraseDueRequest* request,
                                     v1::EraseDueResponse* response) override {
    return Run(*context, "EraseDue", [this, request, response]() -> absl::Status {
      const uint32_t limit = request->limit() == 0 ? kDefaultEraseLimit : request->limit();
      ENKRAT_ASSIGN_OR_RETURN(const store::ErasurePage page,
                              desk_.EraseDue(request->reason(), limit));
      for (const auto& session : page.sessions) Fill(session, *response->add_sessions());
      response->set_wiped(page.wiped);
      LogErasure("EraseDue", request->reason(), page);
      return absl::OkStatus();
    });
  }

  grpc::ServerUnaryReactor* ExportSubject(grpc::CallbackServerContext* context,
                                          const v1::ExportSubjectRequest* request,
                                          v1::ExportSubjectResponse* response) override {
    return Run(*context, "ExportSubject", [this, request, response]() -> absl::Status {
      // One at a time: a result may be of 16 MiB.
      ENKRAT_ASSIGN_OR_RETURN(
          const store::HeldPage page,
          desk_.Export(QueryOf(request->subject(), request->page_token()), /*page_size=*/1));
      for (const store::HeldSession& held : page.sessions) {
        ENKRAT_RETURN_IF_ERROR(Fill(held, *response->add_sessions()));
      }
      response->set_next_page_token(page.next_page_token);
      return absl::OkStatus();
    });
  }

  grpc::ServerUnaryReactor* EraseSubject(grpc::CallbackServerContext* context,
                                         const v1::EraseSubjectRequest* request,
                                         v1::EraseSubjectResponse* response) override {
    return Run(*context, "EraseSubject", [this, request, response]() -> absl::Status {
      ENKRAT_ASSIGN_OR_RETURN(const store::ErasurePage page,
                              desk_.Erase(QueryOf(request->subject(), request->page_token()),
                                          request->reason(), request->including_certificates()));
      for (const auto& session : page.sessions) Fill(session, *response->add_sessions());
      response->set_next_page_token(page.next_page_token);
      response->set_wiped(page.wiped);
      response->set_kept_under(std::string(store::kRecordsKeptUnder));
      LogErasure("EraseSubject", request->reason(), page);
      return absl::OkStatus();
    });
  }

 private:
  // On the pool: a handler may not block, and the ledger and the HSM do.
  template <typename Work>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext& context, const char* method,
                                Work work) {
    grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
    const bool taken = pool_.TrySubmit([this, reactor, method, work] {
      const absl::Status status = work();
      if (!status.ok()) {
        logger_.Warning("an operator's call failed", {{"method", method},
                                                      {"reason", ReasonName(ReasonOf(status))},
                                                      {"why", status.message()}});
      }
      reactor->Finish(ToGrpcStatus(status));
    });
    if (!taken) {
      reactor->Finish(ToGrpcStatus(MakeError(Reason::kOverloaded, "too many operators' calls")));
    }
    return reactor;
  }

  void LogErasure(const char* method, const std::string& reason, const store::ErasurePage& page) {
    logger_.Info("personal data erased", {{"method", method},
                                          {"reason_code", reason},
                                          {"sessions", page.sessions.size()},
                                          {"wiped", page.wiped}});
  }

  signer::PersonalDataDesk& desk_;
  ThreadPool& pool_;
  Logger& logger_;
};

absl::Status CheckPlace(const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) return Invalid("is longer than 107 octets");
  const std::string folder = std::filesystem::path(path).parent_path().string();
  struct stat status {};
  if (folder.empty() || stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return Invalid("its folder is not there");
  }
  if (status.st_uid != geteuid() && status.st_uid != 0) {
    return Invalid("its folder belongs to another user");
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Invalid("its folder is writable by group or others: chmod go-w");
  }
  // A socket that a killed service left is replaced; the ledger's lock has kept out a living one.
  if (lstat(path.c_str(), &status) == 0 && !S_ISSOCK(status.st_mode)) {
    return Invalid("something else stands there");
  }
  return absl::OkStatus();
}

}  // namespace

OperatorServer::OperatorServer(Options options)
    : options_(std::move(options)),
      pool_({.threads = 1, .queue_limit = kCallsThatMayWait}),
      service_(std::make_unique<OperatorService>(*options_.desk, pool_, *options_.logger)) {}

absl::StatusOr<std::unique_ptr<OperatorServer>> OperatorServer::Start(Options options) {
  ENKRAT_RETURN_IF_ERROR(CheckPlace(options.socket));
  std::unique_ptr<OperatorServer> server(new OperatorServer(std::move(options)));
  ENKRAT_RETURN_IF_ERROR(server->Listen());
  return server;
}

absl::Status OperatorServer::Listen() {
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(kLargestRequest);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 8 * 1024);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 16);
  int bound = 0;
  builder.AddListeningPort(absl::StrCat("unix:", options_.socket),
                           grpc::InsecureServerCredentials(), &bound);
  builder.RegisterService(service_.get());
  // gRPC binds with the process's umask: nobody else may connect, not even for a moment.
  const mode_t before = umask(0177);
  grpc_ = builder.BuildAndStart();
  umask(before);
  struct stat status {};
  if (grpc_ == nullptr || bound == 0 || lstat(options_.socket.c_str(), &status) != 0) {
    return Invalid("cannot listen there");
  }
  if (!S_ISSOCK(status.st_mode) || (status.st_mode & 0177) != 0 || status.st_uid != geteuid()) {
    return Invalid("the socket is not for its owner only");
  }
  return absl::OkStatus();
}

OperatorServer::~OperatorServer() {
  if (grpc_ == nullptr) return;
  grpc_->Shutdown(std::chrono::system_clock::now() + kPatience);
  grpc_->Wait();
  unlink(options_.socket.c_str());
}

}  // namespace enkrat::server
