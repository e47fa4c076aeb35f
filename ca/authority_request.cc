#include "ca/authority_request.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ca/http_url.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ca {
namespace {

constexpr size_t kMaxAlternativeNames = 32;
constexpr size_t kMaxHostName = 253;
constexpr size_t kMaxLabel = 63;
// As long as the CA/Browser Forum once let a server's certificate last.
constexpr absl::Duration kLongestForOthers = absl::Hours(24 * 398);

absl::Status Invalid(absl::string_view message) {
  return MakeError(Reason::kConfigurationInvalid, message);
}

bool IsForOthers(AuthorityRole role) {
  return role == AuthorityRole::kElectronicAuthentication || role == AuthorityRole::kInternalTls;
}

bool IsLabel(absl::string_view label) {
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
         });
}

absl::Status CheckName(const AuthorityRequest& request) {
  if (!request.person.has_value()) return CheckAuthorityName(request.subject);
  if (request.role != AuthorityRole::kElectronicAuthentication) {
    return Invalid("a natural person has only certificates of electronic authentication");
  }
  if (request.person->kind == SubjectKind::kLegalPerson) {
    return Invalid("the person is a legal one");
  }
  if (const absl::Status status = CheckSubject(*request.person); !status.ok()) {
    return Invalid(status.message());
  }
  return absl::OkStatus();
}

absl::Status CheckTimes(const AuthorityRequest& request) {
  if (request.not_before >= request.not_after) return Invalid("not_after is not after not_before");
  if (IsForOthers(request.role) && request.not_after - request.not_before > kLongestForOthers) {
    return Invalid("the certificate would last longer than 398 days");
  }
  return absl::OkStatus();
}

absl::Status CheckLocations(const AuthorityRequest& request) {
  const bool none = request.crl_url.empty() && request.ocsp_url.empty();
  if (!none && request.role == AuthorityRole::kRootCa) {
    return Invalid("nobody can revoke a root CA: it has no crl_url and no ocsp_url");
  }
  if (!none && request.role == AuthorityRole::kOcspResponder) {
    return Invalid("an OCSP responder has ocsp-nocheck: no crl_url and no ocsp_url");
  }
  for (const std::string* url : {&request.crl_url, &request.ocsp_url, &request.ca_issuers_url}) {
    if (!url->empty() && !IsHttpUrl(*url)) {
      return Invalid("one of ca_issuers_url, crl_url, ocsp_url is not an http or https URL");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAlternativeNames(const AuthorityRequest& request) {
  const size_t count = request.dns_names.size() + request.ip_addresses.size();
  if (request.role != AuthorityRole::kInternalTls) {
    return count == 0 ? absl::OkStatus() : Invalid("only certificates of internal TLS name hosts");
  }
  if (count == 0 || count > kMaxAlternativeNames) return Invalid("not 1 to 32 names of hosts");
  for (const std::string& name : request.dns_names) {
    if (!IsHostName(name)) return Invalid("a DNS name is not a host name (RFC 1123 2.1)");
  }
  for (const std::string& address : request.ip_addresses) {
    // The rest is read where it is encoded, by what stops at a NUL.
    if (address.find('\0') != std::string::npos) return Invalid("an IP address holds a NUL");
  }
  return absl::OkStatus();
}

}  // namespace

bool IsHostName(absl::string_view text) {
  if (text.empty() || text.size() > kMaxHostName) return false;
  const std::vector<absl::string_view> labels = absl::StrSplit(text, '.');
  if (!std::all_of(labels.begin(), labels.end(), IsLabel)) return false;
  // A last label of digits alone is an address, or its beginning (RFC 3696 2).
  return !std::all_of(labels.back().begin(), labels.back().end(),
                      [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

absl::Status CheckAuthorityRequest(const AuthorityRequest& request) {
  if (request.subject_key == nullptr) return Invalid("a certificate needs a subject key");
  ENKRAT_RETURN_IF_ERROR(CheckName(request));
  ENKRAT_RETURN_IF_ERROR(CheckTimes(request));
  if (request.role == AuthorityRole::kRootCa && !request.issuer_der.empty()) {
    return Invalid("a root CA has no issuer");
  }
  if (request.role != AuthorityRole::kRootCa && request.issuer_der.empty()) {
    return Invalid("the issuer's certificate is missing");
  }
  if (request.qualified && request.role != AuthorityRole::kTimestampingUnit) {
    return Invalid("of these certificates only a timestamping unit's can be qualified");
  }
  ENKRAT_RETURN_IF_ERROR(CheckLocations(request));
  return CheckAlternativeNames(request);
}

}  // namespace enkrat::ca
