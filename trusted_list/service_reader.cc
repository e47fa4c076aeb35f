#include "trusted_list/service_reader.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/openssl_ptr.h"
#include "common/status_macros.h"
#include "trusted_list/list_fields.h"
#include "trusted_list/list_names.h"
#include "trusted_list/qualification_reader.h"

namespace enkrat::trusted_list {
namespace {

bool IsCertificate(const Bytes& der) {
  const unsigned char* rest = der.data();
  const X509Ptr certificate(d2i_X509(nullptr, &rest, static_cast<long>(der.size())));
  if (certificate == nullptr) DrainOpenSslErrors();
  return certificate != nullptr && rest == der.data() + der.size();
}

// ServiceDigitalIdentity (5.5.3): the same key may be there as name and key identifier too.
absl::StatusOr<std::vector<Bytes>> ReadCertificates(xml::Element information) {
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element identity,
                          Field(information, "ServiceDigitalIdentity"));
  std::vector<Bytes> certificates;
  for (const xml::Element digital_id : identity.Children(kListNamespace, "DigitalId")) {
    for (const xml::Element element : digital_id.Children(kListNamespace, "X509Certificate")) {
      const absl::StatusOr<std::string> base64 = element.DenseText();
      std::optional<Bytes> der = base64.ok() ? FromBase64(*base64) : std::nullopt;
      if (der.has_value() && IsCertificate(*der)) certificates.push_back(*std::move(der));
    }
  }
  return certificates;
}

// True if the extension was read or may be passed over.
absl::StatusOr<bool> ReadExtension(xml::Element extension, ServiceStatus& status) {
  const std::string critical = extension.Attribute("Critical").value_or("");
  bool known = true;
  for (const xml::Element content : extension.Children()) {
    if (content.Is(kListNamespace, "AdditionalServiceInformation")) {
      ENKRAT_ASSIGN_OR_RETURN(std::string uri, TextField(content, "URI"));
      status.additional_information.push_back(std::move(uri));
    } else if (content.Is(kQualificationNamespace, "Qualifications")) {
      ENKRAT_ASSIGN_OR_RETURN(auto qualifications, ReadQualifications(content));
      for (auto& one : qualifications) status.qualifications.push_back(std::move(one));
    } else if (!content.Is(kListNamespace, "ExpiredCertsRevocationInfo") &&
               !content.Is(kAdditionalNamespace, "TakenOverBy")) {
      known = false;
    }
  }
  return known || (critical != "true" && critical != "1");
}

// A status, today's or a former one. Nothing if it has a critical extension that is not known.
absl::StatusOr<std::optional<ServiceStatus>> ReadStatus(xml::Element information) {
  ServiceStatus status;
  ENKRAT_ASSIGN_OR_RETURN(status.status, TextField(information, "ServiceStatus"));
  ENKRAT_ASSIGN_OR_RETURN(status.starting_at, TimeField(information, "StatusStartingTime"));
  for (const xml::Element extensions :
       information.Children(kListNamespace, "ServiceInformationExtensions")) {
    for (const xml::Element extension : extensions.Children(kListNamespace, "Extension")) {
      ENKRAT_ASSIGN_OR_RETURN(const bool read, ReadExtension(extension, status));
      if (!read) return std::nullopt;
    }
  }
  return status;
}

// Former statuses behind today's, the newest first whatever the order in the list.
absl::StatusOr<bool> ReadHistory(xml::Element service, std::vector<ServiceStatus>& statuses) {
  for (const xml::Element history : service.Children(kListNamespace, "ServiceHistory")) {
    for (const xml::Element instance : history.Children(kListNamespace, "ServiceHistoryInstance")) {
      ENKRAT_ASSIGN_OR_RETURN(std::optional<ServiceStatus> status, ReadStatus(instance));
      if (!status.has_value()) return false;
      statuses.push_back(*std::move(status));
    }
  }
  std::stable_sort(statuses.begin() + 1, statuses.end(),
                   [](const ServiceStatus& left, const ServiceStatus& right) {
                     return left.starting_at > right.starting_at;
                   });
  return true;
}

}  // namespace

absl::StatusOr<std::optional<TrustService>> ReadService(xml::Element service) {
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element information, Field(service, "ServiceInformation"));
  TrustService read;
  ENKRAT_ASSIGN_OR_RETURN(read.type, TextField(information, "ServiceTypeIdentifier"));
  ENKRAT_ASSIGN_OR_RETURN(read.name, NameField(information, "ServiceName"));
  ENKRAT_ASSIGN_OR_RETURN(read.certificates_der, ReadCertificates(information));
  ENKRAT_ASSIGN_OR_RETURN(std::optional<ServiceStatus> today, ReadStatus(information));
  if (!today.has_value()) return std::nullopt;
  read.statuses.push_back(*std::move(today));
  ENKRAT_ASSIGN_OR_RETURN(const bool understood, ReadHistory(service, read.statuses));
  if (!understood) return std::nullopt;
  return read;
}

}  // namespace enkrat::trusted_list
