// Names of the whole world and of attackers: each is refused with a reason of its own, or issued
// and read back the same by OpenSSL and GnuTLS.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "ca/issuer.h"
#include "common/reason.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/second_parser.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::AdvancedSpec;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::MakeProfile;
using ::enkrat::testing::ReadCertificate;
using ::enkrat::testing::ReadWithBoth;
using ::enkrat::testing::SoftwareAuthority;
using ::enkrat::testing::SoftwareSigningKey;

ProfileSpec SpecOf(ProfileKind kind, SubjectNames names) {
  ProfileSpec spec = AdvancedSpec();
  spec.kind = kind;
  spec.names = names;
  return spec;
}

std::string Utf8(uint32_t c) {
  const auto tail = [c](int shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xc0 | (c >> 6)), tail(0)};
  if (c < 0x10000) return {static_cast<char>(0xe0 | (c >> 12)), tail(6), tail(0)};
  return {static_cast<char>(0xf0 | (c >> 18)), tail(12), tail(6), tail(0)};
}

class HostileNamesTest : public ::testing::Test {
 protected:
  // Issues to the subject, or finds it refused for a reason that the caller can understand.
  bool IssuedOrRefused(const Profile& profile, const Subject& subject) {
    absl::StatusOr<IssuanceToken> token = issuer_->Prepare(
        {.profile = &profile, .subject = subject, .subject_key = &key_->public_key()});
    if (!token.ok()) {
      const Reason reason = ReasonOf(token.status());
      EXPECT_TRUE(reason == Reason::kRequestMalformed || reason == Reason::kLimitExceeded)
          << token.status();
      return false;
    }
    const absl::StatusOr<IssuedCertificate> issued =
        issuer_->Issue(*std::move(token), *authority_.issuing_key);
    EXPECT_THAT(issued, IsOk());
    if (!issued.ok()) return true;
    const std::optional<ReadCertificate> read = ReadWithBoth(issued->der);
    EXPECT_TRUE(read.has_value()) << ToHex(issued->der);
    if (!read.has_value()) return true;
    EXPECT_EQ(read->subject, Expected(subject));
    return true;
  }

  // The same text in every attribute that can hold it, one kind of subject after the other.
  int IssuedKinds(const std::string& name) {
    Subject person = testing::AnaNovak();
    person.given_name = name;
    person.common_name = name;
    Subject pseudonym = testing::Skrivalka();
    pseudonym.pseudonym = name;
    Subject organization = testing::PekarnaNovak();
    organization.organization = name;
    organization.common_name = name;
    return IssuedOrRefused(person_, person) + IssuedOrRefused(pseudonym_, pseudonym) +
           IssuedOrRefused(seal_, organization);
  }

  static std::vector<std::pair<std::string, std::string>> Expected(const Subject& subject) {
    std::vector<std::pair<std::string, std::string>> attributes = {
        {"2.5.4.6", subject.country},
        {"2.5.4.10", subject.organization},
        {"2.5.4.97", subject.organization_identifier},
        {"2.5.4.3", CommonNameOf(subject)},
        {"2.5.4.42", subject.given_name},
        {"2.5.4.4", subject.surname},
        {"2.5.4.65", subject.pseudonym},
        {"2.5.4.5", subject.serial_number}};
    std::erase_if(attributes, [](const auto& each) { return each.second.empty(); });
    return attributes;
  }

  SoftwareAuthority authority_;
  std::unique_ptr<Issuer> issuer_ =
      Issuer::Create({.chain_der = authority_.chain_der(), .clock = &authority_.clock}).value();
  std::unique_ptr<SoftwareSigningKey> key_ = SoftwareSigningKey::Generate();
  Profile person_ = MakeProfile(SpecOf(ProfileKind::kSignature, SubjectNames::kAsGiven));
  Profile pseudonym_ = MakeProfile(SpecOf(ProfileKind::kSignature, SubjectNames::kPseudonym));
  Profile seal_ = MakeProfile(SpecOf(ProfileKind::kSeal, SubjectNames::kAsGiven));
};

TEST_F(HostileNamesTest, NamesOfTheWorldAreIssued) {
  const std::vector<std::string> names = {"Ana",
                                          "O'Brien",
                                          "D\u2019Angelo",
                                          "Čufar Škoflek Žužek",
                                          "Nguyễn Thị Ánh",
                                          "Łukasz",
                                          "Þór",
                                          "Ærø",
                                          "Müller-Lüdenscheidt",
                                          "Çağrı",
                                          "İstanbul",
                                          "ß",
                                          "Gerard 't Hooft",
                                          "Doña María",
                                          "Γιώργος Παπαδόπουλος",
                                          "Ελένη",
                                          "Иван Петров",
                                          "Ђорђе",
                                          "Юлія",
                                          "Љубица",
                                          "محمد",
                                          "عبد الرحمن",
                                          "דוד",
                                          "王小明",
                                          "欧阳娜娜",
                                          "山田太郎",
                                          "ひらがな",
                                          "カタカナ",
                                          "김민준",
                                          "नरेन्द्र",
                                          "สมชาย",
                                          "გიორგი",
                                          "Հայկ",
                                          "ኃይለ",
                                          "ᏣᎳᎩ",
                                          "\U00020000\U0002A6D6",
                                          "\U00010400",
                                          "Anna, CN=Root",
                                          "a+b",
                                          "<b>x</b>",
                                          "\"quoted\"",
                                          "back\\slash",
                                          "a;b",
                                          "a=b",
                                          "#abcd",
                                          "100%",
                                          "a/b",
                                          "Dr. Ana",
                                          "Jr., Sammy",
                                          "X",
                                          std::string(64, 'a')};
  for (const std::string& name : names) EXPECT_EQ(IssuedKinds(name), 3) << name;
}

TEST_F(HostileNamesTest, HostileNamesAreRefused) {
  const std::vector<std::string> names = {std::string(1, '\0'),
                                          std::string("Ana\0Novak", 9),
                                          "Ana\n",
                                          "Ana\r\nCN=Root",
                                          "Ana\t",
                                          "\x1b[31mAna",
                                          "Ana\x7f",
                                          " Ana",
                                          "Ana ",
                                          "\u00A0Ana",
                                          "Ana\u3000",
                                          "\u202EnaA",
                                          "A\u2066na",
                                          "A\u200Bna",
                                          "A\u200Dna",
                                          "\uFEFFAna",
                                          "A\u00ADna",
                                          "Ana\u2028",
                                          "\u0301Ana",
                                          "Z\u030C",
                                          "\u1100\u1161",
                                          "\uE000",
                                          "\U000F0000",
                                          "\U0010FFFD",
                                          "\uFFFE",
                                          "\U0001FFFF",
                                          "\u0378",
                                          "\U000E0041",
                                          "\uFE0F",
                                          "\u3164",
                                          "\u115F",
                                          "\u2800",
                                          "\xff",
                                          "\xc0\xaf",
                                          "\xed\xa0\x80",
                                          "\xf4\x90\x80\x80",
                                          "Ana\xc4",
                                          std::string(65, 'a'),
                                          std::string(1 << 20, 'a'),
                                          "\U0001F468\u200D\U0001F469\u200D\U0001F467"};
  for (const std::string& name : names) EXPECT_EQ(IssuedKinds(name), 0) << name.substr(0, 64);
}

TEST_F(HostileNamesTest, CharactersOfEveryPlaneAreIssuedOrRefused) {
  int issued = 0;
  for (uint32_t c = 0; c <= 0x10FFFF; c += 149) {  // a prime: no pattern of the blocks repeats
    const std::string character = Utf8(c);
    for (const std::string& name : {character, "A" + character + "b"}) {
      Subject subject = testing::AnaNovak();
      subject.surname = name;
      issued += IssuedOrRefused(person_, subject);
    }
  }
  EXPECT_GT(issued, 1000);  // about one in seven characters is a visible one
}

TEST_F(HostileNamesTest, RandomMixturesAreIssuedOrRefused) {
  static constexpr std::array<const char*, 24> kPieces = {
      "a",  "Ž", "\u030C", "\u0301", "Ж", "α", "م",  "王", "한",         "\u202E", "\u200B", "'",
      "\"", ",", "+",      "<",      ">", "=", "\\", " ",  "\U0001F600", "\n",     "\xff",   "é"};
  std::mt19937 random(20270115);
  int issued = 0;
  for (int i = 0; i < 1500; ++i) {
    std::string name;
    const size_t length = 1 + random() % 12;
    // Mostly of the harmless ones, that some get through.
    for (size_t k = 0; k < length; ++k) {
      name += random() % 8 != 0 ? kPieces[random() % 2] : kPieces[random() % kPieces.size()];
    }
    issued += IssuedKinds(name);
  }
  EXPECT_GT(issued, 300);
}

TEST_F(HostileNamesTest, LengthsAroundTheBoundAreCountedInCharacters) {
  for (const char* character : {"a", "Ž", "王", "\U00020000"}) {
    for (const size_t length : {1, 63, 64, 65, 66, 256}) {
      std::string name;
      for (size_t i = 0; i < length; ++i) name += character;
      EXPECT_EQ(IssuedKinds(name), length <= 64 ? 3 : 0) << length;
    }
  }
}

}  // namespace
}  // namespace enkrat::ca
