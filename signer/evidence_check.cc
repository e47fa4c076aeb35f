#include "signer/evidence_check.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "common/digest.h"
#include "common/openssl_ptr.h"
#include "store/evidence_chain.h"
#include "store/personal_data.h"

namespace enkrat::signer {
namespace {

using Json = nlohmann::json;
using Steps = std::vector<const char*>;

// What must be there, in this order; others may stand between them.
Steps StepsOf(store::SessionState state) {
  switch (state) {
    case store::SessionState::kCompleted:
      return {"admitted",         "key-generated", "certificate-issued",
              "documents-signed", "key-destroyed", "completed"};
    case store::SessionState::kFailed:
      return {"admitted", "failed"};
    case store::SessionState::kAbandoned:
      return {"admitted", "session-abandoned"};
    case store::SessionState::kOpen:
      break;
  }
  return {"admitted"};
}

// What does not come after anything but an erasure.
bool EndsASession(absl::string_view step) {
  return step == "completed" || step == "failed" || step == "session-abandoned";
}

class Check {
 public:
  explicit Check(const store::EvidenceTrail& trail) : trail_(trail) {
    verdict_.session_id = trail.session.session_id;
    verdict_.chained = trail.head.has_value();
  }

  EvidenceVerdict Run() && {
    Chain();
    StepsAndOrder();
    Request();
    Certificate();
    Key();
    Result();
    Erasure();
    return std::move(verdict_);
  }

 private:
  void Chain() {
    if (!trail_.head.has_value()) {
      verdict_.checked.push_back("no hash chain: recorded by an older version");
      return;
    }
    store::EvidenceChain chain(trail_.session.session_id);
    for (const store::EvidenceRecord& record : trail_.evidence) chain.Append(record);
    Expect(chain.count() == trail_.head->count,
           absl::StrCat("the number of records is the recorded one (", trail_.head->count, ")"));
    Expect(chain.head() == trail_.head->head, "the hash chain leads to the recorded head");
  }

  void StepsAndOrder() {
    auto at = trail_.evidence.begin();
    for (const char* step : StepsOf(trail_.session.state)) {
      at = std::find_if(at, trail_.evidence.end(),
                        [step](const auto& record) { return record.step == step; });
      if (at == trail_.evidence.end()) {
        return Fault(absl::StrCat("step \"", step, "\" is missing or out of order"));
      }
    }
    const auto end = std::find_if(trail_.evidence.begin(), trail_.evidence.end(),
                                  [](const auto& record) { return EndsASession(record.step); });
    const bool nothing_later = end == trail_.evidence.end() ||
                               std::all_of(end + 1, trail_.evidence.end(), [](const auto& record) {
                                 return record.step == store::kPersonalDataErasedStep;
                               });
    Expect(nothing_later, "every step of the session is there, in its order");
  }

  void Request() {
    Expect(Fact("admitted", "request_sha256") == ToHex(trail_.session.request_digest),
           "the request is the admitted one");
  }

  void Certificate() {
    const bool issued = Find("certificate-issued") != nullptr;
    if (!trail_.certificate.has_value()) {
      // One that was issued is recorded with the session's end.
      Expect(!issued || !trail_.session.ended_at.has_value() ||
                 trail_.session.state == store::SessionState::kAbandoned,
             "no certificate is missing");
      return;
    }
    const store::CertificateRecord& certificate = *trail_.certificate;
    const std::string fingerprint = ToHex(certificate.fingerprint_sha256);
    Expect(Fact("certificate-issued", "certificate_sha256") == fingerprint &&
               Fact("certificate-issued", "serial_number") == certificate.serial_number,
           "the certificate's serial number and fingerprint are the issued one's");
    if (certificate.der.empty()) return;
    Expect(ToHex(Sha256(certificate.der)) == fingerprint,
           "the certificate's octets have that fingerprint");
    Expect(Fact("certificate-issued", "tbs_sha256") == TbsDigest(certificate.der),
           "its TBSCertificate is the one that was linted and signed");
  }

  void Key() {
    if (Find("key-destroyed") == nullptr) return;
    Expect(Fact("key-generated", "key_id") == Fact("key-destroyed", "key_id") &&
               Fact("key-generated", "public_key_sha256") ==
                   Fact("key-destroyed", "public_key_sha256"),
           "the key that was destroyed is the one that was generated");
  }

  void Result() {
    if (trail_.session.state != store::SessionState::kCompleted) return;
    const std::string digest = ToHex(trail_.session.result_digest);
    Expect(Fact("completed", "result_sha256") == digest, "the result's digest is the recorded one");
    if (!trail_.session.result.has_value()) return;
    Expect(ToHex(Sha256(*trail_.session.result)) == digest, "the result's octets have that digest");
  }

  void Erasure() {
    if (!trail_.session.personal_data_erased_at.has_value()) return;
    const bool recorded =
        std::any_of(trail_.evidence.begin(), trail_.evidence.end(), [&](const auto& record) {
          return record.step == store::kPersonalDataErasedStep &&
                 record.at == *trail_.session.personal_data_erased_at;
        });
    Expect(recorded, "the erasure of personal data is recorded");
  }

  const store::EvidenceRecord* Find(absl::string_view step) const {
    for (const store::EvidenceRecord& record : trail_.evidence) {
      if (record.step == step) return &record;
    }
    return nullptr;
  }

  // "" if it is not there: no digest or id is empty.
  std::string Fact(absl::string_view step, const char* name) const {
    const store::EvidenceRecord* record = Find(step);
    if (record == nullptr) return "";
    const Json facts = Json::parse(record->facts_json, nullptr, /*allow_exceptions=*/false);
    if (!facts.is_object() || !facts.contains(name) || !facts[name].is_string()) return "";
    return facts[name].get<std::string>();
  }

  static std::string TbsDigest(ByteSpan der) {
    const absl::StatusOr<X509Ptr> certificate = ParseCertificate(der);
    if (!certificate.ok()) return "";
    unsigned char* octets = nullptr;
    const int size = i2d_re_X509_tbs(certificate->get(), &octets);
    if (size <= 0) return "";
    const std::string digest = ToHex(Sha256(ByteSpan(octets, static_cast<size_t>(size))));
    OPENSSL_free(octets);
    return digest;
  }

  void Expect(bool holds, absl::string_view what) {
    if (holds) {
      verdict_.checked.emplace_back(what);
    } else {
      Fault(absl::StrCat("not so: ", what));
    }
  }
  void Fault(std::string what) { verdict_.faults.push_back(std::move(what)); }

  const store::EvidenceTrail& trail_;
  EvidenceVerdict verdict_;
};

}  // namespace

EvidenceVerdict CheckEvidence(const store::EvidenceTrail& trail) { return Check(trail).Run(); }

}  // namespace enkrat::signer
