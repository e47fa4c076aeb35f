#include "cli/known_validation_data.h"

#include <algorithm>
#include <utility>

#include "common/status_macros.h"
#include "enkrat/v1/certificate_service.pb.h"

namespace enkrat::cli {
namespace {

void AddMissing(Bytes octets, std::vector<Bytes>& to) {
  if (std::find(to.begin(), to.end(), octets) == to.end()) to.push_back(std::move(octets));
}

void AddMissing(const google::protobuf::RepeatedPtrField<std::string>& from,
                std::vector<Bytes>& to) {
  for (const std::string& octets : from) AddMissing(ToBytes(absl::string_view(octets)), to);
}

}  // namespace

absl::StatusOr<ValidationData> KnownValidationData(
    const ValidationData& used, absl::Span<const validation::SignatureReport> signatures,
    Client& client) {
  ValidationData data = used;
  for (const validation::SignatureReport& signature : signatures) {
    for (const validation::ChainElement& element : signature.chain) {
      AddMissing(element.der, data.certificates_der);
    }
  }
  v1::GetValidationDataResponse own;
  ENKRAT_RETURN_IF_ERROR(client.GetValidationData({}, &own));
  AddMissing(own.validation_data().certificates(), data.certificates_der);
  AddMissing(own.validation_data().crls(), data.crls_der);
  AddMissing(own.validation_data().ocsp_responses(), data.ocsp_responses_der);
  return data;
}

}  // namespace enkrat::cli
