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
constexpr int kMostUnreadable = 8;
constexpr uint64_t kMostOctets = uint64_t{8} << 20;

void Collect(QPDFObjectHandle list, uint64_t& left, std::vector<Bytes>& out) {
  if (!list.isArray()) return;
  int unreadable = 0;
  for (int i = 0; i < std::min(list.getArrayNItems(), kMostEntries); ++i) {
    QPDFObjectHandle stream = list.getArrayItem(i);
    if (out.size() == kMostOfAKind) break;
    if (!stream.isStream()) continue;
    absl::StatusOr<Bytes> octets = ReadStream(stream, left);
    if (!octets.ok()) {
      // Each of them may have cost as much as is left.
      if (++unreadable > kMostUnreadable) break;
      continue;
    }
    if (octets->empty() || std::find(out.begin(), out.end(), *octets) != out.end()) continue;
    left -= octets->size();
    out.push_back(*std::move(octets));
  }
}

void CollectAll(QPDFObjectHandle store, ValidationData& data) {
  if (!store.isDictionary()) return;
  uint64_t left = kMostOctets;
  Collect(store.getKey("/Certs"), left, data.certificates_der);
  Collect(store.getKey("/CRLs"), left, data.crls_der);
  Collect(store.getKey("/OCSPs"), left, data.ocsp_responses_der);
}

}  // namespace

absl::StatusOr<ValidationData> ReadStoredValidationData(StrictDocument& document) {
  ValidationData data;
  ENKRAT_RETURN_IF_ERROR(CallQpdf([&] {
    CollectAll(document.pdf().getTrailer().getKey("/Root").getKey("/DSS"), data);
    return absl::OkStatus();
  }));
  return data;
}

}  // namespace enkrat::pades
