#include "trusted_list/list_reader.h"

#include <optional>
#include <string>
#include <utility>

#include "common/status_macros.h"
#include "trusted_list/list_fields.h"
#include "trusted_list/list_names.h"
#include "trusted_list/service_reader.h"

namespace enkrat::trusted_list {
namespace {

// TS 119 612 5.3. No NextUpdate: the list is closed (5.3.15).
absl::Status ReadScheme(xml::Element root, TrustedList& list) {
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element scheme, Field(root, "SchemeInformation"));
  ENKRAT_ASSIGN_OR_RETURN(list.version, NumberField(scheme, "TSLVersionIdentifier"));
  if (list.version != 5 && list.version != 6) return Refuse("of an unknown version");
  ENKRAT_ASSIGN_OR_RETURN(list.sequence_number, NumberField(scheme, "TSLSequenceNumber"));
  ENKRAT_ASSIGN_OR_RETURN(list.scheme_operator_name, NameField(scheme, "SchemeOperatorName"));
  ENKRAT_ASSIGN_OR_RETURN(list.scheme_territory, TextField(scheme, "SchemeTerritory"));
  ENKRAT_ASSIGN_OR_RETURN(list.issued_at, TimeField(scheme, "ListIssueDateTime"));
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element next_update, Field(scheme, "NextUpdate"));
  if (next_update.Children().empty()) return absl::OkStatus();
  ENKRAT_ASSIGN_OR_RETURN(list.next_update, TimeField(next_update, "dateTime"));
  return absl::OkStatus();
}

absl::Status ReadProvider(xml::Element provider, TrustedList& list) {
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element information, Field(provider, "TSPInformation"));
  ENKRAT_ASSIGN_OR_RETURN(const std::string name, NameField(information, "TSPName"));
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element services, Field(provider, "TSPServices"));
  for (const xml::Element element : services.Children(kListNamespace, "TSPService")) {
    ENKRAT_ASSIGN_OR_RETURN(std::optional<TrustService> service, ReadService(element));
    if (!service.has_value()) continue;
    service->provider_name = name;
    list.services.push_back(*std::move(service));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TrustedList> ReadList(xml::Element root) {
  if (root.Attribute("TSLTag") != kListTag) return Refuse("without its tag");
  TrustedList list;
  ENKRAT_RETURN_IF_ERROR(ReadScheme(root, list));
  for (const xml::Element providers : root.Children(kListNamespace, "TrustServiceProviderList")) {
    for (const xml::Element provider : providers.Children(kListNamespace, "TrustServiceProvider")) {
      ENKRAT_RETURN_IF_ERROR(ReadProvider(provider, list));
    }
  }
  return list;
}

}  // namespace enkrat::trusted_list
