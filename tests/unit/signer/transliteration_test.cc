// Names in Latin script, and names of one script.
#include "signer/transliteration.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "common/reason.h"
#include "common/text.h"
#include "tests/support/status_matchers.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::HasSubstr;

TEST(TransliterationTest, LatinTextStaysAsItIs) {
  for (const char* text : {"", "Ana", "O'Brien", "Čufar Škoflek Žužek", "Nguyễn Thị Ánh", "Łukasz",
                           "Þór", "İstanbul", "D\u2019Angelo", "x\u00B7y"}) {
    ASSERT_OK_AND_ASSIGN(const std::string latin, TransliterateToLatin(text));
    EXPECT_EQ(latin, text);
  }
}

TEST(TransliterationTest, OtherScriptsBecomeLatin) {
  const std::vector<std::pair<const char*, const char*>> names = {{"Иван Петров", "Ivan Petrov"},
                                                                  {"Γιώργος", "Giṓrgos"},
                                                                  {"Љубица", "L\u0302ubica"},
                                                                  {"Щукин", "Ŝukin"},
                                                                  {"王小明", "wáng xiǎo míng"},
                                                                  {"カタカナ", "katakana"},
                                                                  {"김민준", "gimminjun"},
                                                                  {"გიორგი", "giorgi"},
                                                                  {"Հայկ", "Hayk"},
                                                                  {"Novak Иван", "Novak Ivan"}};
  for (const auto& [name, expected] : names) {
    ASSERT_OK_AND_ASSIGN(const std::string latin, TransliterateToLatin(name));
    EXPECT_EQ(latin, expected);
  }
}

TEST(TransliterationTest, ResultIsNormalisedAndOfOneScript) {
  for (const char* name : {"محمد عبد الرحمن", "דוד", "नरेन्द्र", "สมชาย", "ኃይለ", "Юлія", "Ελένη",
                           "ひらがな", "欧阳娜娜"}) {
    const absl::StatusOr<std::string> latin = TransliterateToLatin(name);
    ASSERT_THAT(latin, IsOk()) << name;
    EXPECT_EQ(NormaliseText(*latin).value(), *latin);
    EXPECT_THAT(CheckOneScript({*latin, "Novak"}), IsOk()) << *latin;
  }
}

TEST(TransliterationTest, WhatHasNoLatinFormIsRefused) {
  // Cuneiform and hieroglyphs have no rules.
  EXPECT_THAT(TransliterateToLatin("\U00012000"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(TransliterateToLatin("Ana \U00013000"), FailsWith(Reason::kRequestMalformed));
}

TEST(TransliterationTest, BrokenOrLongTextIsRefusedWithoutBeingTold) {
  const absl::Status broken = TransliterateToLatin("Skrivnost\xff").status();
  EXPECT_THAT(broken, FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(std::string(broken.message()), ::testing::Not(HasSubstr("Skrivnost")));
  std::string text;
  for (int i = 0; i < 2100; ++i) text += "Ж";
  EXPECT_THAT(TransliterateToLatin(text), FailsWith(Reason::kLimitExceeded));
  EXPECT_THAT(TransliterateToLatin(std::string(5000, 'a')), FailsWith(Reason::kLimitExceeded));
}

TEST(TransliterationTest, LongestTextIsWrittenOutInFull) {
  std::string text;
  std::string expected;
  for (int i = 0; i < 1024; ++i) {
    text += "щ";
    expected += "ŝ";
  }
  ASSERT_OK_AND_ASSIGN(const std::string latin, TransliterateToLatin(text));
  EXPECT_EQ(latin, expected);
}

TEST(TransliterationTest, MethodNamesTheLibraryAndItsVersion) {
  EXPECT_THAT(TransliterationMethod(), ::testing::MatchesRegex("ICU [0-9.]+ Any-Latin; NFC"));
}

TEST(TransliterationTest, ManyThreadsTransliterateAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([] {
      for (int k = 0; k < 50; ++k) {
        EXPECT_EQ(TransliterateToLatin("Иван").value_or(""), "Ivan");
        EXPECT_EQ(TransliterateToLatin("Γιώργος").value_or(""), "Giṓrgos");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(OneScriptTest, TextsOfOneWritingSystemAreAccepted) {
  EXPECT_THAT(CheckOneScript({}), IsOk());
  EXPECT_THAT(CheckOneScript({"Ana", "Žužek-Novak", "d'Árc 3."}), IsOk());
  EXPECT_THAT(CheckOneScript({"Иван", "Петров"}), IsOk());
  EXPECT_THAT(CheckOneScript({"山田", "ひらがな", "カタカナ"}), IsOk());
  EXPECT_THAT(CheckOneScript({"金", "김민준"}), IsOk());
  EXPECT_THAT(CheckOneScript({"123", "-", "Ана"}), IsOk());
}

TEST(OneScriptTest, MixedTextsAreRefused) {
  EXPECT_THAT(CheckOneScript({"Ana", "Петров"}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(CheckOneScript({"\u0410na"}), FailsWith(Reason::kRequestMalformed));  // Cyrillic A
  EXPECT_THAT(CheckOneScript({"ひらがな", "김민준"}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(CheckOneScript({"Novak", "Ν"}), FailsWith(Reason::kRequestMalformed));  // Greek Nu
  EXPECT_THAT(CheckOneScript({"Ana\xff"}), FailsWith(Reason::kRequestMalformed));
}

}  // namespace
}  // namespace enkrat::signer
