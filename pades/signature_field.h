// The form field that holds a signature, with its widget on a page: an empty one that is there, or
// a new one (ISO 32000-1 12.7.4.5).
#ifndef ENKRAT_PADES_SIGNATURE_FIELD_H_
#define ENKRAT_PADES_SIGNATURE_FIELD_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "pades/appearance.h"
#include "pades/document_update.h"
#include "pades/form_fields.h"

namespace enkrat::pades {

// All functions throw QPDF's exceptions.

// The first of "<stem>1", "<stem>2", ... that no field has.
std::string FreeFieldName(const std::vector<FormField>& fields, absl::string_view stem);

// kPdfFieldUnsuitable unless the field is an empty signature field that can be filled.
absl::Status CheckEmptySignatureField(const FormField& field);

// Puts the signature (its object number) into the field. The widget stays in its place and, with
// an appearance, shows it there: page and place of `appearance` are of no matter.
// kPdfFieldUnsuitable if an appearance is asked for and the field has no place; errors of
// DrawAppearance.
absl::Status FillSignatureField(DocumentUpdate& update, const FormField& field, int signature,
                                const std::optional<Appearance>& appearance);

// A new field on the appearance's page, or without one invisible on the first page.
// kRequestMalformed for a page or place that is not there; errors of DrawAppearance.
absl::Status AddSignatureField(DocumentUpdate& update, absl::string_view name, int signature,
                               const std::optional<Appearance>& appearance);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_SIGNATURE_FIELD_H_
