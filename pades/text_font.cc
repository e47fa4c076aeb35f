#include "pades/text_font.h"

#include <hb-ot.h>
#include <hb.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "common/reason.h"
#include "pades/script_runs.h"
#include "pades/utf8.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMaxFontOctets = 16 * 1024 * 1024;
constexpr uint32_t kReplacement = 0xFFFD;
constexpr size_t kMaxNameSize = 63;

absl::Status Unusable(absl::string_view why) {
  return MakeError(Reason::kConfigurationInvalid, absl::StrCat("font_file: ", why));
}

bool HasTable(hb_face_t* face, hb_tag_t tag) {
  hb_blob_t* const table = hb_face_reference_table(face, tag);
  const bool there = hb_blob_get_length(table) > 0;
  hb_blob_destroy(table);
  return there;
}

std::string PostScriptName(hb_face_t* face) {
  char name[kMaxNameSize + 1] = {};
  unsigned size = sizeof name;
  hb_ot_name_get_utf8(face, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &size, name);
  std::string kept;
  for (const char c : absl::string_view(name, std::min<size_t>(size, kMaxNameSize))) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-') kept.push_back(c);
  }
  return kept.empty() ? "Font" : kept;
}

// Big-endian number of 16 bits, with its sign, from the font's head table (OpenType "head").
int HeadNumber(hb_face_t* face, size_t place) {
  hb_blob_t* const head = hb_face_reference_table(face, HB_TAG('h', 'e', 'a', 'd'));
  unsigned size = 0;
  const auto* const octets = reinterpret_cast<const uint8_t*>(hb_blob_get_data(head, &size));
  const int number =
      place + 2 > size ? 0 : static_cast<int16_t>(octets[place] << 8 | octets[place + 1]);
  hb_blob_destroy(head);
  return number;
}

}  // namespace

void TextFont::Free::operator()(hb_face_t* face) const { hb_face_destroy(face); }
void TextFont::Free::operator()(hb_font_t* font) const { hb_font_destroy(font); }

absl::StatusOr<TextFont> TextFont::Load(const std::string& path) {
  const absl::StatusOr<Bytes> octets = ReadFile(path, kMaxFontOctets);
  if (!octets.ok()) return Unusable(octets.status().message());
  hb_blob_t* const blob = hb_blob_create_or_fail(reinterpret_cast<const char*>(octets->data()),
                                                 static_cast<unsigned>(octets->size()),
                                                 HB_MEMORY_MODE_DUPLICATE, nullptr, nullptr);
  if (blob == nullptr) return Unusable("is empty");
  TextFont font;
  font.face_.reset(hb_face_create(blob, 0));
  hb_blob_destroy(blob);
  if (hb_face_get_glyph_count(font.face_.get()) == 0 ||
      !HasTable(font.face_.get(), HB_TAG('g', 'l', 'y', 'f'))) {
    return Unusable("is no TrueType font");
  }
  hb_face_make_immutable(font.face_.get());
  font.font_.reset(hb_font_create(font.face_.get()));
  font.Measure();
  if (font.measures_.ascent <= font.measures_.descent) return Unusable("has no height");
  return font;
}

void TextFont::Measure() {
  hb_face_t* const face = face_.get();
  const int units = static_cast<int>(hb_face_get_upem(face));
  hb_font_set_scale(font_.get(), units, units);
  hb_font_extents_t extents = {};
  hb_font_get_h_extents(font_.get(), &extents);
  hb_position_t cap_height = 0;
  if (!hb_ot_metrics_get_position(font_.get(), HB_OT_METRICS_TAG_CAP_HEIGHT, &cap_height)) {
    cap_height = extents.ascender;
  }
  measures_ = {.units_per_em = units,
               .ascent = extents.ascender,
               .descent = extents.descender,
               .cap_height = cap_height,
               .left = HeadNumber(face, 36),
               .bottom = HeadNumber(face, 38),
               .right = HeadNumber(face, 40),
               .top = HeadNumber(face, 42)};
  italic_ = (HeadNumber(face, 44) & 2) != 0;
  name_ = PostScriptName(face);
}

bool TextFont::CanShow(uint32_t character) const {
  hb_codepoint_t glyph = 0;
  if (hb_font_get_nominal_glyph(font_.get(), character, &glyph) && glyph != 0) return true;
  hb_codepoint_t first = 0;
  hb_codepoint_t second = 0;
  return hb_unicode_decompose(hb_unicode_funcs_get_default(), character, &first, &second) &&
         CanShow(first) && (second == 0 || CanShow(second));
}

std::string TextFont::WithoutMissing(absl::string_view text) const {
  const uint32_t replacement = CanShow(kReplacement) ? kReplacement : '?';
  std::string shown;
  while (!text.empty()) {
    const uint32_t character = TakeCharacter(text);
    AppendCharacter(character == '\n' || CanShow(character) ? character : replacement, shown);
  }
  return shown;
}

void TextFont::ShapeRun(const std::string& line, size_t begin, size_t end, bool to_the_left,
                        std::vector<ShapedGlyph>& glyphs) const {
  hb_buffer_t* const buffer = hb_buffer_create();
  hb_buffer_add_utf8(buffer, line.data(), static_cast<int>(line.size()),
                     static_cast<unsigned>(begin), static_cast<int>(end - begin));
  hb_buffer_set_direction(buffer, to_the_left ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
  hb_buffer_set_language(buffer, hb_language_from_string("en", -1));  // not the process' locale
  hb_buffer_guess_segment_properties(buffer);                         // the script
  hb_shape(font_.get(), buffer, nullptr, 0);
  unsigned count = 0;
  const hb_glyph_info_t* const infos = hb_buffer_get_glyph_infos(buffer, &count);
  const hb_glyph_position_t* const positions = hb_buffer_get_glyph_positions(buffer, &count);
  std::vector<size_t> begins = {end};
  for (unsigned i = 0; i < count; ++i) begins.push_back(infos[i].cluster);
  std::sort(begins.begin(), begins.end());
  for (unsigned i = 0; i < count; ++i) {
    glyphs.push_back({.glyph = infos[i].codepoint,
                      .advance = positions[i].x_advance,
                      .x_offset = positions[i].x_offset,
                      .y_offset = positions[i].y_offset,
                      .cluster_begin = infos[i].cluster,
                      .cluster_end = *std::upper_bound(begins.begin(), begins.end() - 1,
                                                       size_t{infos[i].cluster})});
  }
  hb_buffer_destroy(buffer);
}

std::vector<ShapedGlyph> TextFont::Shape(const std::string& line) const {
  std::vector<ShapedGlyph> glyphs;
  for (const ScriptRun& run : RunsFromLeftToRight(line)) {
    ShapeRun(line, run.begin, run.end, run.to_the_left, glyphs);
  }
  return glyphs;
}

int TextFont::Advance(uint32_t glyph) const {
  return hb_font_get_glyph_h_advance(font_.get(), glyph);
}

std::vector<uint32_t> TextFont::CharactersOf(const std::vector<uint32_t>& glyphs) const {
  std::vector<uint32_t> characters(glyphs.size(), 0);
  hb_set_t* const all = hb_set_create();
  hb_face_collect_unicodes(face_.get(), all);
  for (hb_codepoint_t character = HB_SET_VALUE_INVALID; hb_set_next(all, &character);) {
    hb_codepoint_t glyph = 0;
    if (!hb_font_get_nominal_glyph(font_.get(), character, &glyph)) continue;
    for (size_t i = 0; i < glyphs.size(); ++i) {
      if (glyphs[i] == glyph && characters[i] == 0) characters[i] = character;
    }
  }
  hb_set_destroy(all);
  return characters;
}

}  // namespace enkrat::pades
