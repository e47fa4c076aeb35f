#include "pades/pdf_signing.h"

#include <algorithm>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "pades/catalog_extension.h"
#include "pades/change_permissions.h"
#include "pades/document_update.h"
#include "pades/form_fields.h"
#include "pades/qpdf_calls.h"
#include "pades/seed_value.h"
#include "pades/signature_dictionary.h"
#include "pades/signature_field.h"
#include "pades/signature_update_maker.h"
#include "pades/source_document.h"
#include "pades/validation_store.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMaxTextCharacters = 256;
constexpr size_t kMinContentsOctets = 256;
constexpr size_t kMaxContentsOctets = 1024 * 1024;

absl::Status CheckContentsOctets(size_t octets) {
  if (octets < kMinContentsOctets || octets > kMaxContentsOctets) {
    return MakeError(Reason::kRequestMalformed, "no sensible room for the signature");
  }
  return absl::OkStatus();
}

absl::Status CheckOptions(const SignatureOptions& options) {
  ENKRAT_RETURN_IF_ERROR(CheckContentsOctets(options.contents_octets));
  for (const std::string* text : {&options.field_name, &options.signer_name, &options.reason,
                                  &options.location, &options.contact}) {
    if (!text->empty()) ENKRAT_RETURN_IF_ERROR(CheckVisibleText(*text, kMaxTextCharacters));
  }
  const int64_t year = absl::ToCivilYear(options.signing_time, absl::UTCTimeZone()).year();
  if (year < 1950 || year > 9999) {
    return MakeError(Reason::kRequestMalformed, "the signing time is out of range");
  }
  return absl::OkStatus();
}

// The lock of the field becomes the signature's FieldMDP (ISO 32000-1 12.7.4.5).
void AddFieldLock(const FormField& field, const DocumentUpdate& update,
                  std::vector<std::string>& references) {
  QPDFObjectHandle lock = field.object->getKey("/Lock");
  if (!lock.isDictionary()) return;
  DictionaryText entries;
  for (const char* key : {"/Action", "/Fields"}) {
    if (lock.hasKey(key)) entries.Set(key, lock.getKey(key).unparse());
  }
  references.push_back(
      FieldLockReference(entries.Entries(), update.document().qpdf().getRoot().unparse()));
}

void Certify(DocumentUpdate& update, int signature) {
  update.EditEntry(
      update.document().qpdf().getRoot(), "/Perms", DocumentUpdate::Place::kWithinParent,
      [&](DictionaryText& entries) { entries.Set("/DocMDP", ReferenceText(signature)); });
}

// Fills the field of that name, or makes it.
absl::Status PutSignature(DocumentUpdate& update, const std::vector<FormField>& fields,
                          const std::string& name, int signature, const SignatureOptions& options,
                          std::vector<std::string>& references) {
  if (const FormField* field = FindField(fields, name)) {
    ENKRAT_RETURN_IF_ERROR(CheckEmptySignatureField(*field));
    ENKRAT_RETURN_IF_ERROR(CheckSeedValue(*field, options));
    AddFieldLock(*field, update, references);
    return FillSignatureField(update, *field, signature, options.appearance);
  }
  if (absl::StrContains(name, '.')) {
    return MakeError(Reason::kPdfFieldUnsuitable, "no such field, and no name for a new one");
  }
  return AddSignatureField(update, name, signature, options.appearance);
}

absl::StatusOr<SignatureUpdate> Prepare(const SourceDocument& document,
                                        const SignatureOptions& options) {
  ENKRAT_RETURN_IF_ERROR(CheckValidationStore(document));
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<FormField> fields, ReadFormFields(document));
  ENKRAT_ASSIGN_OR_RETURN(const ChangePermissions permissions,
                          ReadChangePermissions(document, fields));
  const std::string name =
      options.field_name.empty() ? FreeFieldName(fields, "Signature") : options.field_name;
  ENKRAT_RETURN_IF_ERROR(CheckMayBeSigned(permissions, fields, name, options.certify.has_value()));

  DocumentUpdate update(document);
  const int signature = update.objects().Reserve();
  std::vector<std::string> references;
  if (options.certify.has_value()) {
    references.push_back(CertificationReference(*options.certify));
    Certify(update, signature);
  }
  ENKRAT_RETURN_IF_ERROR(PutSignature(update, fields, name, signature, options, references));
  DeclareExtension(update);
  return SignatureUpdateMaker::Make(update,
                                    {.signature = signature,
                                     .dictionary = LaySignatureDictionary(options, references),
                                     .digest_algorithm = options.digest_algorithm,
                                     .field_name = name});
}

absl::StatusOr<SignatureUpdate> PrepareTimestamp(const SourceDocument& document,
                                                 const DocumentTimestampOptions& options) {
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<FormField> fields, ReadFormFields(document));
  const std::string name = FreeFieldName(fields, "Timestamp");
  DocumentUpdate update(document);
  const int signature = update.objects().Reserve();
  ENKRAT_RETURN_IF_ERROR(AddSignatureField(update, name, signature, std::nullopt));
  DeclareExtension(update);
  return SignatureUpdateMaker::Make(update, {.signature = signature,
                                             .dictionary = LayTimestampDictionary(options),
                                             .digest_algorithm = options.digest_algorithm,
                                             .field_name = name});
}

}  // namespace

absl::StatusOr<Bytes> SignatureUpdate::Complete(ByteSpan cms_or_token_der) const {
  const std::string digits = ToHex(cms_or_token_der);
  if (digits.empty()) return MakeError(Reason::kRequestMalformed, "no signature");
  if (digits.size() > contents_digits_) {
    return MakeError(Reason::kLimitExceeded,
                     absl::StrCat("a signature of ", cms_or_token_der.size(),
                                  " octets does not fit into ", contents_digits_ / 2));
  }
  Bytes octets = octets_;
  std::copy(digits.begin(), digits.end(),
            octets.begin() + static_cast<std::ptrdiff_t>(contents_begin_));
  return octets;
}

absl::StatusOr<SignatureUpdate> PrepareSignature(const std::string& path,
                                                 const SignatureOptions& options) {
  ENKRAT_RETURN_IF_ERROR(CheckOptions(options));
  ENKRAT_ASSIGN_OR_RETURN(const SourceDocument document, SourceDocument::Open(path));
  return CallQpdf([&] { return Prepare(document, options); });
}

absl::StatusOr<SignatureUpdate> PrepareDocumentTimestamp(const std::string& path,
                                                         const DocumentTimestampOptions& options) {
  ENKRAT_RETURN_IF_ERROR(CheckContentsOctets(options.contents_octets));
  ENKRAT_ASSIGN_OR_RETURN(const SourceDocument document, SourceDocument::Open(path));
  // Not asked for permission: a timestamp is no change, even to a document that is certified
  // against all of them (ISO 32000-2 table 257).
  return CallQpdf([&] { return PrepareTimestamp(document, options); });
}

}  // namespace enkrat::pades
