#include "cli/pdf_arguments.h"

#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "common/status_macros.h"
#include "enkrat/v1/signing_service.pb.h"
#include "pades/default_text.h"

namespace enkrat::cli {
namespace {

constexpr size_t kMostImageOctets = 512 * 1024;

absl::StatusOr<std::optional<pades::AllowedChanges>> Certification(const std::string& word) {
  if (word.empty()) return std::nullopt;
  if (word == "none") return pades::AllowedChanges::kNone;
  if (word == "forms") return pades::AllowedChanges::kFormFilling;
  if (word == "annotations") return pades::AllowedChanges::kFormFillingAndAnnotations;
  return UsageError("--certify says what is allowed afterwards: none, forms or annotations");
}

absl::Status ReadPlace(const PdfArguments& arguments, pades::Appearance& appearance) {
  // A field that is there has its place: the appearance's is of no matter.
  if (arguments.visible == "field" && !arguments.field.empty()) return absl::OkStatus();
  const std::vector<std::string> parts = absl::StrSplit(arguments.visible, ',');
  pades::Rectangle& place = appearance.place;
  if (parts.size() == 5 && absl::SimpleAtoi(parts[0], &appearance.page) &&
      absl::SimpleAtod(parts[1], &place.left) && absl::SimpleAtod(parts[2], &place.bottom) &&
      absl::SimpleAtod(parts[3], &place.width) && absl::SimpleAtod(parts[4], &place.height)) {
    return absl::OkStatus();
  }
  return UsageError(
      "--visible is PAGE,LEFT,BOTTOM,WIDTH,HEIGHT in points, such as 1,50,50,220,60 (page -1 is "
      "the last), or \"field\" for the place of an existing --field");
}

}  // namespace

void AddPdfOptions(CLI::App& command, PdfArguments& arguments) {
  const char* const kGroup = "PDF (--format pades-...)";
  const auto add = [&](const char* name, std::string& value, const char* text) {
    command.add_option(name, value, text)->group(kGroup);
  };
  add("--field", arguments.field, "empty signature field to fill, or name of a new one");
  add("--reason", arguments.reason, "why it is signed");
  add("--location", arguments.location, "where it is signed");
  add("--contact", arguments.contact, "how the signer can be reached");
  add("--certify", arguments.certify,
      "certify the document; allowed afterwards: none, forms (and signatures), annotations");
  add("--visible", arguments.visible,
      "PAGE,LEFT,BOTTOM,WIDTH,HEIGHT in points, -1: the last page; or \"field\": where --field is");
  add("--text", arguments.text, "of a visible signature; {name}, {time}, {reason}, {location}");
  add("--image", arguments.image_file, "PNG or JPEG in a visible signature, at most 512 KiB");
  add("--signer-name", arguments.signer_name, "in a visible signature; known already with --idp");
  add("--font", arguments.font_file, "TrueType font of a visible signature");
  command
      .add_flag("--upload", arguments.upload,
                "have the service prepare the PDF: the document itself is sent")
      ->group(kGroup);
}

absl::StatusOr<pades::SignatureOptions> PdfOptionsOf(const PdfArguments& arguments) {
  pades::SignatureOptions options;
  options.field_name = arguments.field;
  options.reason = arguments.reason;
  options.location = arguments.location;
  options.contact = arguments.contact;
  options.signer_name = arguments.signer_name;
  ENKRAT_ASSIGN_OR_RETURN(options.certify, Certification(arguments.certify));
  if (arguments.visible.empty()) {
    if (arguments.text.empty() && arguments.image_file.empty()) return options;
    return UsageError(
        "--text and --image belong to a visible signature: say where, with --visible");
  }
  pades::Appearance appearance;
  ENKRAT_RETURN_IF_ERROR(ReadPlace(arguments, appearance));
  appearance.text = arguments.text;
  if (!arguments.image_file.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(appearance.image, ReadFile(arguments.image_file, kMostImageOctets));
  }
  if (!arguments.font_file.empty()) appearance.font_file = arguments.font_file;
  options.appearance = std::move(appearance);
  return options;
}

absl::Status FillText(absl::Time now, pades::SignatureOptions& options) {
  if (!options.appearance.has_value()) return absl::OkStatus();
  std::string& text = options.appearance->text;
  const bool named = text.empty() || absl::StrContains(text, "{name}");
  if (named && options.signer_name.empty()) {
    return UsageError(
        "a visible signature shows who signed: --signer-name, or a --text without it");
  }
  const pades::SigningFacts facts = {.name = options.signer_name,
                                     .time = now,
                                     .reason = options.reason,
                                     .location = options.location};
  ENKRAT_ASSIGN_OR_RETURN(text, text.empty() ? pades::DefaultAppearanceText(facts)
                                             : pades::ExpandAppearanceText(text, facts));
  return absl::OkStatus();
}

void ToMessage(const pades::SignatureOptions& options, v1::PdfSignatureOptions* message) {
  message->set_field_name(options.field_name);
  message->set_reason(options.reason);
  message->set_location(options.location);
  message->set_contact(options.contact);
  if (options.certify.has_value()) {
    message->set_certify(static_cast<uint32_t>(*options.certify));
  }
  if (!options.appearance.has_value()) return;
  const pades::Appearance& appearance = *options.appearance;
  v1::PdfAppearance* shown = message->mutable_appearance();
  shown->set_page(appearance.page);
  shown->set_left(appearance.place.left);
  shown->set_bottom(appearance.place.bottom);
  shown->set_width(appearance.place.width);
  shown->set_height(appearance.place.height);
  shown->set_text(appearance.text);
  shown->set_image(ToString(appearance.image));
}

}  // namespace enkrat::cli
