#include "server/certificate_service.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "ades/embedded_validation_data.h"
#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/certificate_service.grpc.pb.h"
#include "signer/message_time.h"
#include "signer/stored_result.h"

namespace enkrat::server {
namespace {

constexpr uint32_t kDefaultPageSize = 100;
constexpr uint32_t kLargestPageSize = 1000;
constexpr size_t kLongestSerialNumber = 40;  // hex characters: 20 octets (RFC 5280 4.1.2.2)
constexpr size_t kLongestPageToken = 256;

absl::Status Malformed(absl::string_view field, absl::string_view what) {
  return WithField(MakeError(Reason::kRequestMalformed, what), field);
}

void Fill(const store::CertificateRecord& record, v1::Certificate& message) {
  message.set_der(ToString(record.der));
  message.set_serial_number(record.serial_number);
  message.set_fingerprint_sha256(ToString(record.fingerprint_sha256));
  signer::FillTime(record.not_before, *message.mutable_not_before());
  signer::FillTime(record.not_after, *message.mutable_not_after());
}

absl::StatusOr<std::optional<store::CertificateRecord>> Find(
    store::Ledger& ledger, const v1::GetCertificateRequest& request) {
  switch (request.key_case()) {
    case v1::GetCertificateRequest::kSerialNumber: {
      const std::string serial_number = absl::AsciiStrToLower(request.serial_number());
      if (serial_number.empty() || serial_number.size() > kLongestSerialNumber ||
          !FromHex(serial_number).has_value()) {
        return Malformed("serial_number", "is not 1 to 20 octets in hexadecimal");
      }
      return ledger.FindCertificateBySerial(serial_number);
    }
    case v1::GetCertificateRequest::kFingerprintSha256:
      if (request.fingerprint_sha256().size() != 32) {
        return Malformed("fingerprint_sha256", "is not 32 octets");
      }
      return ledger.FindCertificateByFingerprint(AsSpan(request.fingerprint_sha256()));
    case v1::GetCertificateRequest::KEY_NOT_SET:
      break;
  }
  return Malformed("key", "neither serial_number nor fingerprint_sha256 is set");
}

// Which of its ids a certificate was asked for by, and that id as text.
absl::Status DenyCertificate(signer::AccessEvidence& access, const signer::RelyingParty& caller,
                             const v1::GetCertificateRequest& request) {
  if (request.key_case() == v1::GetCertificateRequest::kSerialNumber) {
    return access.Deny(caller, "serial_number", absl::AsciiStrToLower(request.serial_number()));
  }
  return access.Deny(caller, "fingerprint_sha256", ToHex(AsSpan(request.fingerprint_sha256())));
}

// Of now, or made within a moment: nobody has a signature's time to wait for.
absl::StatusOr<ValidationData> Gather(const ValidationDataSources& sources, absl::Time deadline) {
  ENKRAT_ASSIGN_OR_RETURN(const auto own, sources.own->Current(absl::InfinitePast(), deadline));
  ValidationData data = *own;
  if (sources.outside == nullptr) return data;
  ENKRAT_ASSIGN_OR_RETURN(const auto outside,
                          sources.outside->About({}, absl::InfinitePast(), deadline));
  ades::Merge(data, *outside);
  return data;
}

class CertificateService final : public v1::CertificateService::CallbackService {
 public:
  CertificateService(CallGate& gate, store::Ledger& ledger, signer::AccessEvidence& access,
                     ProblemDesk& problems, ValidationDataSources validation_data,
                     ServiceChains chains)
      : gate_(gate),
        ledger_(ledger),
        access_(access),
        problems_(problems),
        validation_data_(validation_data),
        chains_(std::move(chains)) {}

  grpc::ServerUnaryReactor* GetCertificate(grpc::CallbackServerContext* context,
                                           const v1::GetCertificateRequest* request,
                                           v1::GetCertificateResponse* response) override {
    const CallGate::Arrival arrival = {.method = "GetCertificate"};
    absl::StatusOr<Call> call = gate_.Enter(*context, arrival);
    if (!call.ok()) return gate_.Refuse(*context, arrival, call.status());
    const signer::RelyingParty& caller = *call->relying_party;
    return gate_.Run(
        *std::move(call), response,
        [this, &caller, request, response](Call&, const std::atomic<bool>&) -> absl::Status {
          ENKRAT_ASSIGN_OR_RETURN(const std::optional<store::CertificateRecord> record,
                                  Find(ledger_, *request));
          if (!record.has_value()) return MakeError(Reason::kNotFound, "no such certificate");
          if (record->relying_party != caller.id) return DenyCertificate(access_, caller, *request);
          if (record->erased_at.has_value()) {
            return MakeError(Reason::kPersonalDataErased, "the certificate was erased");
          }
          Fill(*record, *response->mutable_certificate());
          response->set_session_id(record->session_id);
          for (const Bytes& certificate : chains_.issuing)
            response->add_chain(ToString(certificate));
          return absl::OkStatus();
        });
  }

  grpc::ServerUnaryReactor* GetChain(grpc::CallbackServerContext* context,
                                     const v1::GetChainRequest*,
                                     v1::GetChainResponse* response) override {
    const CallGate::Arrival arrival = {.method = "GetChain"};
    absl::StatusOr<Call> call = gate_.Enter(*context, arrival);
    if (!call.ok()) return gate_.Refuse(*context, arrival, call.status());
    for (const Bytes& certificate : chains_.issuing) response->add_chain(ToString(certificate));
    for (const Bytes& certificate : chains_.timestamping()) {
      response->add_timestamping_chain(ToString(certificate));
    }
    return gate_.End(*std::move(call), absl::OkStatus());
  }

  grpc::ServerUnaryReactor* GetValidationData(grpc::CallbackServerContext* context,
                                              const v1::GetValidationDataRequest*,
                                              v1::GetValidationDataResponse* response) override {
    const CallGate::Arrival arrival = {.method = "GetValidationData"};
    absl::StatusOr<Call> call = gate_.Enter(*context, arrival);
    if (!call.ok()) return gate_.Refuse(*context, arrival, call.status());
    return gate_.Run(*std::move(call), response,
                     [this, response](Call& running, const std::atomic<bool>&) -> absl::Status {
                       ENKRAT_ASSIGN_OR_RETURN(const ValidationData data,
                                               Gather(validation_data_, running.deadline));
                       signer::StoredResult::Fill(data, *response->mutable_validation_data());
                       return absl::OkStatus();
                     });
  }

  grpc::ServerUnaryReactor* ListCertificates(grpc::CallbackServerContext* context,
                                             const v1::ListCertificatesRequest* request,
                                             v1::ListCertificatesResponse* response) override {
    const CallGate::Arrival arrival = {.method = "ListCertificates"};
    absl::StatusOr<Call> call = gate_.Enter(*context, arrival);
    if (!call.ok()) return gate_.Refuse(*context, arrival, call.status());
    const uint32_t size = request->page_size() == 0 ? kDefaultPageSize : request->page_size();
    if (size > kLargestPageSize) {
      return gate_.End(
          *std::move(call),
          WithField(MakeError(Reason::kLimitExceeded, "page_size over 1000"), "page_size"));
    }
    if (request->page_token().size() > kLongestPageToken) {
      return gate_.End(*std::move(call), Malformed("page_token", "is not one of ours"));
    }
    const signer::RelyingParty& caller = *call->relying_party;
    return gate_.Run(
        *std::move(call), response,
        [this, &caller, size, request, response](Call&, const std::atomic<bool>&) -> absl::Status {
          const absl::StatusOr<store::CertificatePage> page =
              ledger_.ListCertificates(caller.id, size, request->page_token());
          if (!page.ok() && ReasonOf(page.status()) == Reason::kNotPermitted) {
            // The token itself would be as good as an id, if it were one of the other's.
            return access_.Deny(caller, "page_token_sha256",
                                ToHex(Sha256(AsSpan(request->page_token()))));
          }
          ENKRAT_RETURN_IF_ERROR(page.status());
          for (const store::CertificateRecord& record : page->certificates) {
            Fill(record, *response->add_certificates());
          }
          response->set_next_page_token(page->next_page_token);
          return absl::OkStatus();
        });
  }

  grpc::ServerUnaryReactor* ReportProblem(grpc::CallbackServerContext* context,
                                          const v1::ReportProblemRequest* request,
                                          v1::ReportProblemResponse* response) override {
    return Run("ReportProblem", &ProblemDesk::Report, *context, *request, response);
  }
  grpc::ServerUnaryReactor* GetProblem(grpc::CallbackServerContext* context,
                                       const v1::GetProblemRequest* request,
                                       v1::GetProblemResponse* response) override {
    return Run("GetProblem", &ProblemDesk::Get, *context, *request, response);
  }
  grpc::ServerUnaryReactor* ListProblems(grpc::CallbackServerContext* context,
                                         const v1::ListProblemsRequest* request,
                                         v1::ListProblemsResponse* response) override {
    return Run("ListProblems", &ProblemDesk::List, *context, *request, response);
  }

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Run(const char* method,
                                absl::Status (ProblemDesk::*answer)(const signer::RelyingParty&,
                                                                    const Request&, Response*),
                                grpc::CallbackServerContext& context, const Request& request,
                                Response* response) {
    const CallGate::Arrival arrival = {.method = method};
    absl::StatusOr<Call> call = gate_.Enter(context, arrival);
    if (!call.ok()) return gate_.Refuse(context, arrival, call.status());
    const signer::RelyingParty& caller = *call->relying_party;
    return gate_.Run(*std::move(call), response,
                     [this, answer, &caller, &request, response](Call&, const std::atomic<bool>&) {
                       return (problems_.*answer)(caller, request, response);
                     });
  }

  CallGate& gate_;
  store::Ledger& ledger_;
  signer::AccessEvidence& access_;
  ProblemDesk& problems_;
  const ValidationDataSources validation_data_;
  const ServiceChains chains_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCertificateService(CallGate& gate, store::Ledger& ledger,
                                                      signer::AccessEvidence& access,
                                                      ProblemDesk& problems,
                                                      ValidationDataSources validation_data,
                                                      ServiceChains chains) {
  return std::make_unique<CertificateService>(gate, ledger, access, problems, validation_data,
                                              std::move(chains));
}

}  // namespace enkrat::server
