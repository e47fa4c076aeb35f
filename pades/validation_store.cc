// PrepareValidationData merges into the store that is there.
#include "pades/validation_store.h"

#include <array>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/catalog_extension.h"
#include "pades/document_update.h"
#include "pades/limited_stream.h"
#include "pades/pdf_signing.h"
#include "pades/qpdf_calls.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMaxPresent = 4096;                    // elements of one array that is there
constexpr size_t kMaxPresentOctets = 16 * 1024 * 1024;  // of one of them, decoded
constexpr size_t kMaxAdded = 1024;
constexpr size_t kMaxAddedOctets = 64 * 1024 * 1024;

using Digest = std::array<uint8_t, 32>;

absl::Status CheckBounds(const ValidationData& data) {
  size_t elements = 0, octets = 0;
  for (const auto* values : {&data.certificates_der, &data.crls_der, &data.ocsp_responses_der}) {
    for (const Bytes& value : *values) {
      ++elements;
      octets += value.size();
      if (value.empty()) return MakeError(Reason::kRequestMalformed, "empty validation data");
    }
  }
  if (elements > kMaxAdded || octets > kMaxAddedOctets) {
    return MakeError(Reason::kLimitExceeded, "too much validation data");
  }
  return absl::OkStatus();
}

absl::Status CheckPresentBounds(QPDFObjectHandle array) {
  if (static_cast<size_t>(array.getArrayNItems()) <= kMaxPresent) return absl::OkStatus();
  return MakeError(Reason::kLimitExceeded, "the document's security store is too large");
}

// What an array of the present store holds. Elements that cannot be read stay, unknown.
absl::StatusOr<std::set<Digest>> PresentDigests(QPDFObjectHandle array) {
  std::set<Digest> digests;
  if (!array.isArray()) return digests;
  ENKRAT_RETURN_IF_ERROR(CheckPresentBounds(array));
  for (QPDFObjectHandle& element : array.getArrayAsVector()) {
    const absl::StatusOr<Bytes> octets = ReadStream(element, kMaxPresentOctets);
    if (octets.ok()) digests.insert(Sha256(*octets));
  }
  return digests;
}

// The array with the missing values behind what it had; empty if none is missing.
absl::StatusOr<std::string> MergedArray(QPDFObjectHandle array, const std::vector<Bytes>& values,
                                        DocumentUpdate& update) {
  ENKRAT_ASSIGN_OR_RETURN(std::set<Digest> known, PresentDigests(array));
  std::string added;
  for (const Bytes& value : values) {
    if (!known.insert(Sha256(value)).second) continue;
    absl::StrAppend(&added, " ", ReferenceText(update.objects().AddStream("", value)));
  }
  if (added.empty()) return added;
  return absl::StrCat("[ ", ArrayElements(array), added, " ]");
}

absl::StatusOr<Bytes> Prepare(const SourceDocument& document, const ValidationData& data) {
  QPDFObjectHandle catalog = document.qpdf().getRoot();
  QPDFObjectHandle store = catalog.getKey("/DSS");
  DocumentUpdate update(document);
  DictionaryText arrays;
  const std::pair<const char*, const std::vector<Bytes>*> kinds[] = {
      {"/Certs", &data.certificates_der},
      {"/CRLs", &data.crls_der},
      {"/OCSPs", &data.ocsp_responses_der}};
  bool changed = false;
  for (const auto& [key, values] : kinds) {
    QPDFObjectHandle array = store.isDictionary() ? store.getKey(key) : QPDFObjectHandle::newNull();
    ENKRAT_ASSIGN_OR_RETURN(const std::string merged, MergedArray(array, *values, update));
    if (merged.empty()) continue;
    changed = true;
    arrays.Set(key, merged);
  }
  if (!changed) return Bytes();
  update.EditEntry(catalog, "/DSS", DocumentUpdate::Place::kOwnObject,
                   [&](DictionaryText& text) { text.Set("/Type", "/DSS").Merge(arrays); });
  DeclareExtension(update);
  ENKRAT_ASSIGN_OR_RETURN(UpdateFile laid, update.Lay());
  return std::move(laid.octets);
}

}  // namespace

absl::Status CheckValidationStore(const SourceDocument& document) {
  QPDFObjectHandle store = document.qpdf().getRoot().getKey("/DSS");
  if (!store.isDictionary()) return absl::OkStatus();
  for (const char* key : {"/Certs", "/CRLs", "/OCSPs"}) {
    QPDFObjectHandle array = store.getKey(key);
    if (!array.isArray()) continue;
    ENKRAT_RETURN_IF_ERROR(CheckPresentBounds(array));
    for (QPDFObjectHandle& element : array.getArrayAsVector()) (void)element.isStream();
  }
  return absl::OkStatus();
}

absl::StatusOr<Bytes> PrepareValidationData(const std::string& path, const ValidationData& data) {
  ENKRAT_RETURN_IF_ERROR(CheckBounds(data));
  if (data.empty()) return Bytes();
  ENKRAT_ASSIGN_OR_RETURN(const SourceDocument document, SourceDocument::Open(path));
  return CallQpdf([&] { return Prepare(document, data); });
}

}  // namespace enkrat::pades
