#include "signer/transliteration.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>
#include <unicode/utrans.h>
#include <unicode/uversion.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"

namespace enkrat::signer {
namespace {

constexpr size_t kMaxTextSize = 4096;
// The longest that one character becomes in Latin script, in UTF-16 units, is well under this.
constexpr size_t kGrowth = 16;
constexpr int kMaxScripts = 32;  // of one character; Unicode has at most 22

struct TransliteratorCloser {
  void operator()(void* transliterator) const {
    utrans_close(static_cast<UTransliterator*>(transliterator));
  }
};
using TransliteratorPtr = std::unique_ptr<void, TransliteratorCloser>;
using Scripts = std::vector<UScriptCode>;  // sorted; nullopt stands for every script

absl::Status Malformed(absl::string_view what) {
  return MakeError(Reason::kRequestMalformed, what);
}

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isascii(static_cast<unsigned char>(c)); });
}

absl::StatusOr<std::vector<UChar32>> ReadCharacters(absl::string_view text) {
  if (text.size() > kMaxTextSize) return MakeError(Reason::kLimitExceeded, "is too long");
  std::vector<UChar32> characters;
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    UChar32 character = 0;
    U8_NEXT(text.data(), i, size, character);
    if (character < 0) return Malformed("is not UTF-8");
    characters.push_back(character);
  }
  return characters;
}

// Writing systems of several scripts (UTS 39 5.1, step 1b).
void AddWritingSystems(Scripts& scripts) {
  static constexpr std::array<std::pair<UScriptCode, UScriptCode>, 7> kMembers = {{
      {USCRIPT_HAN, USCRIPT_HAN_WITH_BOPOMOFO},
      {USCRIPT_HAN, USCRIPT_JAPANESE},
      {USCRIPT_HAN, USCRIPT_KOREAN},
      {USCRIPT_HIRAGANA, USCRIPT_JAPANESE},
      {USCRIPT_KATAKANA, USCRIPT_JAPANESE},
      {USCRIPT_HANGUL, USCRIPT_KOREAN},
      {USCRIPT_BOPOMOFO, USCRIPT_HAN_WITH_BOPOMOFO},
  }};
  const Scripts plain = scripts;
  for (const auto& [script, system] : kMembers) {
    if (std::count(plain.begin(), plain.end(), script) != 0) scripts.push_back(system);
  }
  std::sort(scripts.begin(), scripts.end());
  scripts.erase(std::unique(scripts.begin(), scripts.end()), scripts.end());
}

// nullopt for a character that goes with every script.
std::optional<Scripts> ScriptsOf(UChar32 character) {
  std::array<UScriptCode, kMaxScripts> found{};
  UErrorCode error = U_ZERO_ERROR;
  const int32_t count = uscript_getScriptExtensions(character, found.data(), kMaxScripts, &error);
  if (U_FAILURE(error)) return Scripts();  // of none: nothing goes with it
  Scripts scripts(found.begin(), found.begin() + count);
  const bool common = std::any_of(scripts.begin(), scripts.end(), [](UScriptCode script) {
    return script == USCRIPT_COMMON || script == USCRIPT_INHERITED;
  });
  if (common) return std::nullopt;
  AddWritingSystems(scripts);
  return scripts;
}

bool IsLatin(const std::vector<UChar32>& characters) {
  return std::all_of(characters.begin(), characters.end(), [](UChar32 character) {
    const std::optional<Scripts> scripts = ScriptsOf(character);
    return !scripts.has_value() ||
           std::binary_search(scripts->begin(), scripts->end(), USCRIPT_LATIN);
  });
}

// Compiled once for each thread, as one is for one thread; nullptr if ICU's data lacks the rules.
const UTransliterator* AnyToLatin() {
  static thread_local const TransliteratorPtr own = [] {
    UErrorCode error = U_ZERO_ERROR;
    return TransliteratorPtr(
        utrans_openU(u"Any-Latin", -1, UTRANS_FORWARD, nullptr, 0, nullptr, &error));
  }();
  return static_cast<const UTransliterator*>(own.get());
}

absl::StatusOr<std::u16string> Transliterate(std::u16string text) {
  const UTransliterator* transliterator = AnyToLatin();
  if (transliterator == nullptr) {
    return MakeError(Reason::kInternal, "ICU has no Any-Latin transliterator");
  }
  auto length = static_cast<int32_t>(text.size());
  int32_t limit = length;
  text.resize(text.size() * kGrowth);
  UErrorCode error = U_ZERO_ERROR;
  utrans_transUChars(transliterator, text.data(), &length, static_cast<int32_t>(text.size()), 0,
                     &limit, &error);
  if (U_FAILURE(error)) return Malformed("cannot be transliterated");
  text.resize(static_cast<size_t>(length));
  return text;
}

std::u16string ToUtf16(const std::vector<UChar32>& characters) {
  std::u16string text;
  for (const UChar32 character : characters) {
    if (U_IS_BMP(character)) {
      text += static_cast<char16_t>(character);
    } else {
      text += static_cast<char16_t>(U16_LEAD(character));
      text += static_cast<char16_t>(U16_TRAIL(character));
    }
  }
  return text;
}

absl::StatusOr<std::string> ToUtf8(const std::u16string& text) {
  std::string utf8(text.size() * 3, '\0');
  int32_t size = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strToUTF8(utf8.data(), static_cast<int32_t>(utf8.size()), &size, text.data(),
              static_cast<int32_t>(text.size()), &error);
  if (U_FAILURE(error)) return Malformed("cannot be transliterated");
  utf8.resize(static_cast<size_t>(size));
  return utf8;
}

}  // namespace

absl::StatusOr<std::string> TransliterateToLatin(absl::string_view text) {
  if (IsAscii(text) && text.size() <= kMaxTextSize) return std::string(text);
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<UChar32> characters, ReadCharacters(text));
  if (IsLatin(characters)) return std::string(text);
  ENKRAT_ASSIGN_OR_RETURN(const std::u16string latin, Transliterate(ToUtf16(characters)));
  ENKRAT_ASSIGN_OR_RETURN(const std::string utf8, ToUtf8(latin));
  ENKRAT_ASSIGN_OR_RETURN(std::string normalised, NormaliseText(utf8));
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<UChar32> result, ReadCharacters(normalised));
  if (!IsLatin(result)) return Malformed("has no form in Latin script");
  return normalised;
}

std::string TransliterationMethod() {
  return absl::StrCat("ICU ", U_ICU_VERSION, " Any-Latin; NFC");
}

absl::Status CheckOneScript(absl::Span<const absl::string_view> texts) {
  if (std::all_of(texts.begin(), texts.end(), IsAscii)) return absl::OkStatus();
  std::optional<Scripts> shared;
  for (const absl::string_view text : texts) {
    ENKRAT_ASSIGN_OR_RETURN(const std::vector<UChar32> characters, ReadCharacters(text));
    for (const UChar32 character : characters) {
      const std::optional<Scripts> scripts = ScriptsOf(character);
      if (!scripts.has_value()) continue;
      Scripts both = *scripts;
      if (shared.has_value()) {
        both.clear();
        std::set_intersection(shared->begin(), shared->end(), scripts->begin(), scripts->end(),
                              std::back_inserter(both));
      }
      if (both.empty()) return Malformed("is not of one script");
      shared = std::move(both);
    }
  }
  return absl::OkStatus();
}

}  // namespace enkrat::signer
