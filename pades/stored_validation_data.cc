#include "pades/stored_validation_data.h"

#include <algorithm>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/limited_stream.h"
#include "pades/qpdf_calls.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMostOfAKind = 64;
constexpr int kMostEntries = 1024;
constexpr uint64_t kMostOctets = uint64_t{8} << 20;

absl::Status Collect(QPDFObjectHandle list, uint64_t& left, std::vector<Bytes>& out) {
  if (!list.isArray()) return absl::OkStatus();
  for (int i = 0; i < std::min(list.getArrayNItems(), kMostEntries); ++i) {
    QPDFObjectHandle stream = list.getArrayItem(i);
    if (out.size() == kMostOfAKind) break;
    if (!stream.isStream()) continue;
    absl::StatusOr<Bytes> octets = ReadStream(stream, left);
    if (!octets.ok()) {
      if (ReasonOf(octets.status()) == Reason::kLimitExceeded) return octets.status();
      continue;
    }
    if (octets->empty() || std::find(out.begin(), out.end(), *octets) != out.end()) continue;
    left -= octets->size();
    out.push_back(*std::move(octets));
  }
  return absl::OkStatus();
}

absl::Status CollectAll(QPDFObjectHandle store, ValidationData& data) {
  if (!store.isDictionary()) return absl::OkStatus();
  uint64_t left = kMostOctets;
  ENKRAT_RETURN_IF_ERROR(Collect(store.getKey("/Certs"), left, data.certificates_der));
  ENKRAT_RETURN_IF_ERROR(Collect(store.getKey("/CRLs"), left, data.crls_der));
  return Collect(store.getKey("/OCSPs"), left, data.ocsp_responses_der);
}

}  // namespace

absl::StatusOr<ValidationData> ReadStoredValidationData(StrictDocument& document) {
  ValidationData data;
  ENKRAT_RETURN_IF_ERROR(CallQpdf([&] {
    return CollectAll(document.pdf().getTrailer().getKey("/Root").getKey("/DSS"), data);
  }));
  return data;
}

}  // namespace enkrat::pades
