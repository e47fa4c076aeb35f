// The certificate register as JSON. What a certificate says itself is repeated in it for those who
// read the file, and taken from the DER when it is read back.
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/time_text.h"
#include "signer/certificate_register.h"

namespace enkrat::signer {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr size_t kMaxCertificates = 4096;
constexpr size_t kMaxActions = 65536;
constexpr size_t kMaxText = 4096;  // octets of any one value but the certificate

Json AsObject(const RegisteredCertificate& certificate) {
  const CertificateDescription& facts = certificate.description;
  Json object = {{"serial_number", facts.serial_number},
                 {"role", RoleName(certificate.role)},
                 {"subject", facts.subject},
                 {"not_before", TimeTextOfSecond(facts.not_before)},
                 {"not_after", TimeTextOfSecond(facts.not_after)},
                 {"key_not_after", TimeTextOfSecond(facts.key_not_after)},
                 {"fingerprint_sha256", facts.fingerprint_sha256},
                 {"key_label", certificate.key_label},
                 {"state", StateName(certificate.state)}};
  if (!certificate.unit.empty()) object["unit"] = certificate.unit;
  if (!certificate.predecessor.empty()) object["predecessor"] = certificate.predecessor;
  if (certificate.state == CertificateState::kRevoked) {
    object["revoked_at"] = TimeTextOfSecond(certificate.revoked_at);
    object["revocation_reason"] = RevocationReasonName(certificate.revocation_reason);
  }
  object["der_base64"] = ToBase64(certificate.der);
  return object;
}

Json AsObject(const RegisterAction& action) {
  return {{"at", TimeTextOfSecond(action.at)},
          {"action", action.action},
          {"serial_number", action.serial_number},
          {"who", action.who},
          {"why", action.why}};
}

absl::Status Broken(absl::string_view what) {
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat("not a certificate register: ", what));
}

absl::StatusOr<std::string> TextOf(const Json& object, const char* name, bool required = true) {
  if (!object.is_object()) return Broken("an entry is not an object");
  const auto found = object.find(name);
  if (found == object.end() && !required) return std::string();
  if (found == object.end() || !found->is_string()) {
    return Broken(absl::StrCat("\"", name, "\" is missing"));
  }
  const auto& text = found->get_ref<const std::string&>();
  if (text.size() > 16 * kMaxText ||
      (text.size() > kMaxText && absl::string_view(name) != "der_base64")) {
    return Broken(absl::StrCat("\"", name, "\" is too long"));
  }
  return text;
}

absl::StatusOr<absl::Time> TimeOf(const Json& object, const char* name) {
  ENKRAT_ASSIGN_OR_RETURN(const std::string text, TextOf(object, name));
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) {
    return Broken(absl::StrCat("\"", name, "\" is no time"));
  }
  return time;
}

absl::Status ReadState(const Json& object, RegisteredCertificate& certificate) {
  ENKRAT_ASSIGN_OR_RETURN(const std::string state, TextOf(object, "state"));
  for (const CertificateState each :
       {CertificateState::kActive, CertificateState::kSuperseded, CertificateState::kRevoked}) {
    if (StateName(each) == state) certificate.state = each;
  }
  if (StateName(certificate.state) != state) return Broken("\"state\" is none of ours");
  if (certificate.state != CertificateState::kRevoked) return absl::OkStatus();
  ENKRAT_ASSIGN_OR_RETURN(certificate.revoked_at, TimeOf(object, "revoked_at"));
  ENKRAT_ASSIGN_OR_RETURN(const std::string name, TextOf(object, "revocation_reason"));
  const std::optional<RevocationReason> reason = RevocationReasonFromName(name);
  if (!reason.has_value()) return Broken("\"revocation_reason\" is none of ours");
  certificate.revocation_reason = *reason;
  return absl::OkStatus();
}

absl::StatusOr<RegisteredCertificate> CertificateFrom(const Json& object) {
  RegisteredCertificate certificate;
  ENKRAT_ASSIGN_OR_RETURN(const std::string role_name, TextOf(object, "role"));
  const std::optional<CertificateRole> role = RoleFromName(role_name);
  if (!role.has_value()) return Broken("\"role\" is none of ours");
  certificate.role = *role;
  ENKRAT_ASSIGN_OR_RETURN(const std::string base64, TextOf(object, "der_base64"));
  std::optional<Bytes> der = FromBase64(base64);
  if (!der.has_value()) return Broken("\"der_base64\" is no Base64");
  certificate.der = *std::move(der);
  absl::StatusOr<CertificateDescription> description = DescribeCertificate(certificate.der);
  if (!description.ok()) return Broken("\"der_base64\" is no certificate");
  certificate.description = *std::move(description);
  ENKRAT_ASSIGN_OR_RETURN(const std::string serial_number, TextOf(object, "serial_number"));
  if (serial_number != certificate.description.serial_number) {
    return Broken("\"serial_number\" is not the certificate's");
  }
  ENKRAT_ASSIGN_OR_RETURN(certificate.key_label, TextOf(object, "key_label"));
  ENKRAT_ASSIGN_OR_RETURN(certificate.unit, TextOf(object, "unit", /*required=*/false));
  if (!certificate.unit.empty() &&
      (!IsUnitName(certificate.unit) || certificate.role != CertificateRole::kTimestampingUnit)) {
    return Broken("\"unit\" is no name of a timestamping unit");
  }
  ENKRAT_ASSIGN_OR_RETURN(certificate.predecessor,
                          TextOf(object, "predecessor", /*required=*/false));
  ENKRAT_RETURN_IF_ERROR(ReadState(object, certificate));
  return certificate;
}

absl::StatusOr<RegisterAction> ActionFrom(const Json& object) {
  RegisterAction action;
  ENKRAT_ASSIGN_OR_RETURN(action.at, TimeOf(object, "at"));
  ENKRAT_ASSIGN_OR_RETURN(action.action, TextOf(object, "action"));
  ENKRAT_ASSIGN_OR_RETURN(action.serial_number, TextOf(object, "serial_number"));
  ENKRAT_ASSIGN_OR_RETURN(action.who, TextOf(object, "who"));
  ENKRAT_ASSIGN_OR_RETURN(action.why, TextOf(object, "why"));
  return action;
}

// The member, which must be an array of at most `most` elements.
absl::StatusOr<const Json*> ArrayOf(const Json& json, const char* name, size_t most) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_array()) {
    return Broken(absl::StrCat("\"", name, "\" is missing"));
  }
  if (found->size() > most) return Broken(absl::StrCat("\"", name, "\" is too long"));
  return &*found;
}

}  // namespace

std::string CertificateRegister::ToJson() const {
  Json json = {{"version", kVersion}, {"certificates", Json::array()}, {"actions", Json::array()}};
  for (const RegisteredCertificate& each : certificates_) {
    json["certificates"].push_back(AsObject(each));
  }
  for (const RegisterAction& each : actions_) json["actions"].push_back(AsObject(each));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

absl::StatusOr<CertificateRegister> CertificateRegister::FromJson(absl::string_view text) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded() || !json.is_object()) return Broken("it is no JSON object");
  const auto version = json.find("version");
  if (version == json.end() || *version != kVersion) {
    return Broken(absl::StrCat("its version is not ", kVersion));
  }
  CertificateRegister made;
  ENKRAT_ASSIGN_OR_RETURN(const Json* certificates,
                          ArrayOf(json, "certificates", kMaxCertificates));
  for (const Json& each : *certificates) {
    ENKRAT_ASSIGN_OR_RETURN(RegisteredCertificate certificate, CertificateFrom(each));
    if (made.FindBySerial(certificate.description.serial_number) != nullptr) {
      return Broken("a serial number is there twice");
    }
    made.certificates_.push_back(std::move(certificate));
  }
  ENKRAT_ASSIGN_OR_RETURN(const Json* actions, ArrayOf(json, "actions", kMaxActions));
  for (const Json& each : *actions) {
    ENKRAT_ASSIGN_OR_RETURN(RegisterAction action, ActionFrom(each));
    made.actions_.push_back(std::move(action));
  }
  return made;
}

}  // namespace enkrat::signer
