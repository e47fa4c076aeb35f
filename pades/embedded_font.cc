#include "pades/embedded_font.h"

#include <hb-subset.h>

#include <array>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/glyph_text.h"
#include "pades/pdf_text.h"

namespace enkrat::pades {
namespace {

// ISO 32000-1 table 123.
constexpr int kSymbolic = 1 << 2;
constexpr int kItalic = 1 << 6;

absl::Status Unusable(absl::string_view why) {
  return MakeError(Reason::kConfigurationInvalid, absl::StrCat("font_file: ", why));
}

struct Free {
  void operator()(hb_subset_input_t* input) const { hb_subset_input_destroy(input); }
  void operator()(hb_subset_plan_t* plan) const { hb_subset_plan_destroy(plan); }
  void operator()(hb_face_t* face) const { hb_face_destroy(face); }
};

// The outlines of some glyphs, with numbers of their own.
struct Subset {
  std::map<uint32_t, uint32_t> new_glyph;
  Bytes octets;
};

// What only shaping and hinting need is left out, and the map from characters: codes are glyphs.
absl::StatusOr<Subset> CutDown(const TextFont& font, const std::vector<ShapedLine>& lines) {
  const std::unique_ptr<hb_subset_input_t, Free> input(hb_subset_input_create_or_fail());
  if (input == nullptr) return MakeError(Reason::kInternal, "no memory for a font");
  hb_subset_input_set_flags(input.get(),
                            HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
  Subset subset{.new_glyph = {{0, 0}}, .octets = {}};
  for (const ShapedLine& line : lines) {
    for (const ShapedGlyph& glyph : line.glyphs) {
      hb_set_add(hb_subset_input_glyph_set(input.get()), glyph.glyph);
      subset.new_glyph[glyph.glyph] = 0;
    }
  }
  for (const char* const table : {"GSUB", "GPOS", "GDEF", "kern"}) {
    hb_set_add(hb_subset_input_set(input.get(), HB_SUBSET_SETS_DROP_TABLE_TAG),
               hb_tag_from_string(table, 4));
  }
  const std::unique_ptr<hb_subset_plan_t, Free> plan(
      hb_subset_plan_create_or_fail(font.face(), input.get()));
  if (plan == nullptr) return Unusable("HarfBuzz cannot plan a subset of it");
  const std::unique_ptr<hb_face_t, Free> face(hb_subset_plan_execute_or_fail(plan.get()));
  if (face == nullptr) return Unusable("HarfBuzz cannot make a subset of it");
  const hb_map_t* const mapping = hb_subset_plan_old_to_new_glyph_mapping(plan.get());
  for (auto& [old_glyph, new_glyph] : subset.new_glyph) {
    new_glyph = hb_map_get(mapping, old_glyph);
    if (new_glyph > 0xFFFF) return Unusable("a glyph got lost");
  }
  hb_blob_t* const blob = hb_face_reference_blob(face.get());
  unsigned size = 0;
  const auto* const octets = reinterpret_cast<const uint8_t*>(hb_blob_get_data(blob, &size));
  subset.octets = ToBytes(ByteSpan(octets, size));
  hb_blob_destroy(blob);
  return subset;
}

// "ABCDEF+Name" (ISO 32000-1 9.6.4), the same for the same glyphs.
std::string SubsetName(const TextFont& font, const Subset& subset) {
  const std::array<uint8_t, 32> digest = Sha256(subset.octets);
  std::string name;
  for (size_t i = 0; i < 6; ++i) name.push_back(static_cast<char>('A' + digest[i] % 26));
  return absl::StrCat(name, "+", font.name());
}

// Writes the font's objects, each with the numbers of those that it needs.
class FontWriter {
 public:
  FontWriter(const TextFont& font, const Subset& subset, UpdateObjects& objects)
      : font_(font), subset_(subset), objects_(objects), name_(SubsetName(font, subset)) {}

  absl::StatusOr<int> Write(const std::vector<ShapedLine>& lines) {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes outlines, Deflate(subset_.octets));
    const int file = objects_.AddStream(
        absl::StrCat("/Filter /FlateDecode /Length1 ", subset_.octets.size()), outlines);
    const std::string map = ToUnicodeMap(GlyphTexts(font_, lines), subset_.new_glyph);
    ENKRAT_ASSIGN_OR_RETURN(const Bytes to_unicode, Deflate(AsSpan(map)));
    const int map_number = objects_.AddStream("/Filter /FlateDecode", to_unicode);
    const int descendant = objects_.Add(Descendant(objects_.Add(Descriptor(file))));
    return objects_.Add(absl::StrCat("<< /Type /Font /Subtype /Type0 /BaseFont /", name_,
                                     " /Encoding /Identity-H /DescendantFonts [", descendant,
                                     " 0 R] /ToUnicode ", map_number, " 0 R >>"));
  }

 private:
  // Glyph space is a thousandth of text space (9.2.4).
  std::string Thousandths(int units) const {
    return PdfNumber(units * 1000.0 / font_.measures().units_per_em);
  }

  std::string Descriptor(int file) const {
    const FontMeasures& m = font_.measures();
    return absl::StrCat("<< /Type /FontDescriptor /FontName /", name_, " /Flags ",
                        kSymbolic | (font_.italic() ? kItalic : 0), " /FontBBox [",
                        Thousandths(m.left), " ", Thousandths(m.bottom), " ", Thousandths(m.right),
                        " ", Thousandths(m.top), "] /ItalicAngle ", font_.italic() ? -12 : 0,
                        " /Ascent ", Thousandths(m.ascent), " /Descent ", Thousandths(m.descent),
                        " /CapHeight ", Thousandths(m.cap_height), " /StemV 80 /FontFile2 ", file,
                        " 0 R >>");
  }

  std::string Descendant(int descriptor) const {
    std::map<uint32_t, uint32_t> old_glyph;
    for (const auto& [old_one, new_one] : subset_.new_glyph) old_glyph[new_one] = old_one;
    std::string widths;
    for (const auto& [new_one, old_one] : old_glyph) {
      absl::StrAppend(&widths, new_one, " [", Thousandths(font_.Advance(old_one)), "] ");
    }
    return absl::StrCat("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /", name_,
                        " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
                        " /FontDescriptor ",
                        descriptor, " 0 R /CIDToGIDMap /Identity /W [ ", widths, "] >>");
  }

  const TextFont& font_;
  const Subset& subset_;
  UpdateObjects& objects_;
  const std::string name_;
};

}  // namespace

absl::StatusOr<EmbeddedFont> EmbedFont(const TextFont& font, const std::vector<ShapedLine>& lines,
                                       UpdateObjects& objects) {
  ENKRAT_ASSIGN_OR_RETURN(Subset subset, CutDown(font, lines));
  ENKRAT_ASSIGN_OR_RETURN(const int number, FontWriter(font, subset, objects).Write(lines));
  return EmbeddedFont{.object_number = number, .new_glyph = std::move(subset.new_glyph)};
}

}  // namespace enkrat::pades
