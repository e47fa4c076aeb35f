#include "signer/signing_pin_rules.h"

#include <openssl/crypto.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::signer {
namespace {

constexpr size_t kLongestInput = 64;     // octets: 8 characters with their combining marks
constexpr size_t kFewestCharacters = 4;  // different ones
constexpr size_t kLongestRun = 4;        // of neighbours, such as 2345
constexpr size_t kShortestKeyboardRun = 5;

// Lower case; a PIN is weak if one of them, forwards or backwards, covers most of it.
constexpr absl::string_view kKeyboardRuns[] = {
    "qwertyuiop", "qwertzuiop", "azertyuiop",   "asdfghjkl", "yxcvbnm",   "zxcvbnm",
    "1q2w3e4r5t", "q1w2e3r4t5", "1qaz2wsx3edc", "zaq12wsx",  "qazwsxedc", "147258369",
    "159357",     "159753",     "741852963",    "963852741", "142536",    "14253669"};

// Lower case; a PIN is weak if it is one of them, or begins with one and ends in digits.
constexpr absl::string_view kCommonWords[] = {
    "password", "passwort", "passwd", "heslo",    "geslo",  "lozinka", "admin",    "welcome",
    "letmein",  "iloveyou", "monkey", "dragon",   "master", "secret",  "sunshine", "princess",
    "football", "baseball", "shadow", "superman", "batman", "hallo",   "enkrat",   "signature",
    "podpis",   "abc",      "test",   "login",    "qwe",    "asd",     "pass",     "pin"};

// The characters of a PIN; wiped when they go.
struct Characters {
  ~Characters() { OPENSSL_cleanse(values.data(), values.size() * sizeof(values[0])); }
  std::array<utf8proc_int32_t, kLongestInput + 1> values{};
  size_t size = 0;

  const utf8proc_int32_t* begin() const { return values.data(); }
  const utf8proc_int32_t* end() const { return values.data() + size; }
  utf8proc_int32_t operator[](size_t i) const { return values[i]; }
};

absl::Status Malformed(absl::string_view field, absl::string_view what) {
  return WithField(MakeError(Reason::kRequestMalformed, absl::StrCat(field, ": ", what)), field);
}

absl::Status Weak(absl::string_view why) {
  return WithField(MakeError(Reason::kSigningPinUnsuitable, absl::StrCat("new_pin: ", why)),
                   "new_pin");
}

bool IsLetterOrDigit(utf8proc_int32_t character) {
  const auto category = utf8proc_category(character);
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         category == UTF8PROC_CATEGORY_ND;
}

// Decomposed, then composed in place: no copy that is not wiped.
bool ReadCharacters(ByteSpan utf8, Characters& characters) {
  if (utf8.empty() || utf8.size() > kLongestInput) return false;
  constexpr auto kForm = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  const utf8proc_ssize_t decomposed =
      utf8proc_decompose(utf8.data(), static_cast<utf8proc_ssize_t>(utf8.size()),
                         characters.values.data(), kLongestInput, kForm);
  if (decomposed < 0 || static_cast<size_t>(decomposed) > kLongestInput) return false;
  const utf8proc_ssize_t composed =
      utf8proc_normalize_utf32(characters.values.data(), decomposed, kForm);
  if (composed < 0) return false;
  characters.size = static_cast<size_t>(composed);
  return true;
}

utf8proc_int32_t Lower(utf8proc_int32_t character) { return utf8proc_tolower(character); }

// The PIN as ASCII text in lower case, in memory that is wiped; other characters become '?', which
// no rule knows.
class Plain {
 public:
  explicit Plain(const Characters& characters) {
    for (const utf8proc_int32_t character : characters) {
      const utf8proc_int32_t lower = Lower(character);
      text_[size_++] = lower < 0x80 ? static_cast<char>(lower) : '?';
    }
  }
  ~Plain() { OPENSSL_cleanse(text_.data(), text_.size()); }
  absl::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, kLongestInput> text_{};
  size_t size_ = 0;
};

bool IsDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool HasFewCharacters(const Characters& characters) {
  size_t different = 0;
  for (const utf8proc_int32_t* it = characters.begin(); it != characters.end(); ++it) {
    if (std::find(characters.begin(), it, *it) == it) ++different;
  }
  return different < kFewestCharacters;
}

// abcabc, 12341234, 1231231.
bool RepeatsItself(const Characters& characters) {
  for (size_t period = 1; 2 * period <= characters.size; ++period) {
    size_t i = period;
    while (i < characters.size && characters[i] == characters[i - period]) ++i;
    if (i == characters.size) return true;
  }
  return false;
}

// abccba, 1234321.
bool IsMirrored(const Characters& characters) {
  for (size_t i = 0; i < characters.size / 2; ++i) {
    if (characters[i] != characters[characters.size - 1 - i]) return false;
  }
  return true;
}

bool IsDigit(utf8proc_int32_t character) { return character >= '0' && character <= '9'; }

// The step between two neighbours; digits go round from 9 to 0.
int32_t Step(utf8proc_int32_t from, utf8proc_int32_t to) {
  if (IsDigit(from) && IsDigit(to)) return (to - from + 15) % 10 - 5;
  return to - from;
}

// 123456, fedcba, 246802, and runs of more than four neighbours: 12345x.
bool IsSequence(const Characters& characters) {
  size_t run = 1;
  bool constant = true;
  int32_t before = 0;
  for (size_t i = 1; i < characters.size; ++i) {
    const int32_t step = Step(Lower(characters[i - 1]), Lower(characters[i]));
    const bool neighbours = step == 1 || step == -1;
    run = !neighbours ? 1 : (step == before ? run + 1 : 2);
    if (run > kLongestRun) return true;
    constant = constant && (i == 1 || step == before);
    before = step;
  }
  return constant;
}

bool IsOnKeyboardRun(absl::string_view text) {
  for (const absl::string_view keys : kKeyboardRuns) {
    const std::string backwards(keys.rbegin(), keys.rend());
    for (size_t begin = 0; begin + kShortestKeyboardRun <= text.size(); ++begin) {
      const absl::string_view part = text.substr(begin, kShortestKeyboardRun);
      if (keys.find(part) != absl::string_view::npos ||
          absl::string_view(backwards).find(part) != absl::string_view::npos) {
        return true;
      }
    }
  }
  return false;
}

bool IsCommon(absl::string_view text) {
  return std::any_of(std::begin(kCommonWords), std::end(kCommonWords), [&](absl::string_view word) {
    return text.substr(0, word.size()) == word && IsDigits(text.substr(word.size()));
  });
}

int Number(absl::string_view digits) {
  int value = 0;
  for (const char digit : digits) value = 10 * value + (digit - '0');
  return value;
}

bool IsDayAndMonth(absl::string_view day, absl::string_view month) {
  return Number(day) >= 1 && Number(day) <= 31 && Number(month) >= 1 && Number(month) <= 12;
}

bool IsYear(absl::string_view text) { return Number(text) >= 1900 && Number(text) <= 2099; }

bool IsMonth(absl::string_view text) { return Number(text) >= 1 && Number(text) <= 12; }

// DDMMYY, MMDDYY, YYMMDD; the same with four digits of the year; MMYYYY and YYYYMM.
bool IsDate(absl::string_view text) {
  if (!IsDigits(text)) return false;
  const auto at = [&](size_t begin, size_t size) { return text.substr(begin, size); };
  if (text.size() == 6) {
    return IsDayAndMonth(at(0, 2), at(2, 2)) || IsDayAndMonth(at(2, 2), at(0, 2)) ||
           IsDayAndMonth(at(4, 2), at(2, 2)) || (IsMonth(at(0, 2)) && IsYear(at(2, 4))) ||
           (IsYear(at(0, 4)) && IsMonth(at(4, 2)));
  }
  if (text.size() == 8) {
    const bool year_last = IsYear(at(4, 4)) &&
                           (IsDayAndMonth(at(0, 2), at(2, 2)) || IsDayAndMonth(at(2, 2), at(0, 2)));
    return year_last || (IsYear(at(0, 4)) && IsDayAndMonth(at(6, 2), at(4, 2)));
  }
  return false;
}

bool HasDateOfBirth(absl::string_view text, absl::string_view born) {
  if (born.size() != 10) return false;
  const std::string year(born.substr(0, 4));
  const std::string yy = year.substr(2);
  const std::string month(born.substr(5, 2));
  const std::string day(born.substr(8, 2));
  for (const std::string& part : {year, day + month + yy, month + day + yy, yy + month + day}) {
    if (text.find(part) != absl::string_view::npos) return true;
  }
  return false;
}

// One of `alphabet` for each place; octets that would favour its beginning are thrown away.
Secret RandomText(absl::string_view alphabet, size_t size) {
  const size_t fair = 256 - 256 % alphabet.size();
  Bytes text;
  text.reserve(size);
  while (text.size() < size) {
    for (const uint8_t octet : RandomBytes(2 * size)) {
      if (octet >= fair || text.size() == size) continue;
      text.push_back(static_cast<uint8_t>(alphabet[octet % alphabet.size()]));
    }
  }
  Secret secret{ByteSpan(text)};
  OPENSSL_cleanse(text.data(), text.size());
  return secret;
}

}  // namespace

absl::StatusOr<Secret> NormalisePin(ByteSpan utf8, absl::string_view field) {
  Characters characters;
  if (!ReadCharacters(utf8, characters) || characters.size < kShortestPin ||
      characters.size > kLongestPin ||
      !std::all_of(characters.begin(), characters.end(), &IsLetterOrDigit)) {
    return Malformed(field, "is not 6 to 8 letters or digits");
  }
  std::array<utf8proc_uint8_t, 4 * kLongestPin> encoded{};
  size_t size = 0;
  for (const utf8proc_int32_t character : characters) {
    size += static_cast<size_t>(utf8proc_encode_char(character, encoded.data() + size));
  }
  Secret pin{ByteSpan(encoded.data(), size)};
  OPENSSL_cleanse(encoded.data(), encoded.size());
  return pin;
}

absl::StatusOr<Secret> NormalisePuk(ByteSpan text) {
  std::array<uint8_t, kPukCharacters> puk{};
  size_t size = 0;
  bool fits = text.size() <= 2 * kPukCharacters;
  for (const uint8_t octet : text) {
    if (octet == ' ' || octet == '-') continue;
    const char capital = octet >= 'a' && octet <= 'z' ? static_cast<char>(octet - 'a' + 'A')
                                                      : static_cast<char>(octet);
    fits = fits && size < puk.size() && kPukAlphabet.find(capital) != absl::string_view::npos;
    if (!fits) break;
    puk[size++] = static_cast<uint8_t>(capital);
  }
  Secret secret{ByteSpan(puk)};
  OPENSSL_cleanse(puk.data(), puk.size());
  if (fits && size == kPukCharacters) return secret;
  return Malformed("puk", "is not 8 characters of the PUK's alphabet");
}

Secret RandomTransportPin() { return RandomText("0123456789", kTransportPinDigits); }
Secret RandomPuk() { return RandomText(kPukAlphabet, kPukCharacters); }

absl::Status CheckPinStrength(const Secret& pin, absl::string_view date_of_birth) {
  Characters characters;
  if (!ReadCharacters(pin.Reveal(), characters)) return Malformed("new_pin", "is not a PIN");
  if (HasFewCharacters(characters)) return Weak("fewer than four different characters");
  if (RepeatsItself(characters)) return Weak("repeats itself");
  if (IsMirrored(characters)) return Weak("reads the same backwards");
  if (IsSequence(characters)) return Weak("is a sequence");
  const Plain plain(characters);
  if (IsOnKeyboardRun(plain.view())) return Weak("lies in a row on the keyboard");
  if (IsDate(plain.view())) return Weak("is a date");
  if (HasDateOfBirth(plain.view(), date_of_birth)) return Weak("has the date of birth in it");
  if (IsCommon(plain.view())) return Weak("is on the list of common ones");
  return absl::OkStatus();
}

}  // namespace enkrat::signer
