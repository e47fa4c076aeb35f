// Signatures whose /ByteRange or /Contents is not what it has to be: universal signature forgery,
// signature wrapping, and other tricks.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "pades/byte_range_rules.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/hand_made_pdf.h"
#include "tests/unit/pades/opened_pdf.h"

namespace enkrat::pades {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::SizeIs;

// The signed document with the octets of its /ByteRange array replaced by as many.
std::string WithByteRange(const std::string& range) {
  std::string pdf = SignedPaymentOrder();
  const size_t begin = pdf.find("/ByteRange [") + 11;
  const size_t length = pdf.find(']', begin) + 1 - begin;
  std::string padded = range;
  padded.resize(length, ' ');
  return pdf.replace(begin, length, padded);
}

struct Right {
  uint64_t gap = 0;
  uint64_t behind = 0;
  uint64_t end = 0;
};
Right RightRange() {
  const std::string& pdf = SignedPaymentOrder();
  Right right;
  right.gap = pdf.find("/Contents <") + 10;
  right.behind = pdf.find('>', right.gap) + 1;
  right.end = pdf.size();
  return right;
}

void ExpectDefect(const std::string& octets, const std::string& part) {
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(octets));
  ASSERT_THAT(pdf->signatures(), SizeIs(1));
  EXPECT_THAT(pdf->signatures()[0], HasDefect(part));
  EXPECT_FALSE(pdf->signatures()[0].defects.empty());
}

std::string Range(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
  return absl::StrCat("[", a, " ", b, " ", c, " ", d, "]");
}

TEST(ByteRangeAttackTest, RangeThatDoesNotStartAtTheBeginIsReported) {
  const Right right = RightRange();
  ExpectDefect(WithByteRange(Range(9, right.gap - 9, right.behind, right.end - right.behind)),
               "does not start at the begin");
}

TEST(ByteRangeAttackTest, RangeWithAWiderGapIsReported) {
  const Right right = RightRange();
  ExpectDefect(WithByteRange(Range(0, right.gap - 1, right.behind, right.end - right.behind)),
               "gap");
  ExpectDefect(WithByteRange(Range(0, right.gap, right.behind + 1, right.end - right.behind - 1)),
               "gap");
  ExpectDefect(WithByteRange(Range(0, 15, right.behind, right.end - right.behind)), "gap");
}

TEST(ByteRangeAttackTest, RangeWithANarrowerGapIsReported) {
  const Right right = RightRange();
  ExpectDefect(WithByteRange(Range(0, right.gap + 1, right.behind, right.end - right.behind)),
               "gap");
  ExpectDefect(WithByteRange(Range(0, right.gap, right.behind - 1, right.end - right.behind + 1)),
               "gap");
}

TEST(ByteRangeAttackTest, RangesThatOverlapAreReported) {
  const Right right = RightRange();
  ExpectDefect(WithByteRange(Range(0, right.behind, right.gap, right.end - right.gap)), "overlaps");
  ExpectDefect(WithByteRange(Range(0, right.gap, right.gap, right.end - right.gap)), "overlaps");
}

TEST(ByteRangeAttackTest, RangeBeyondTheDocumentIsReported) {
  const Right right = RightRange();
  ExpectDefect(WithByteRange(Range(0, right.gap, right.behind, right.end)), "beyond");
  ExpectDefect(WithByteRange(Range(0, right.gap, 9999999, 9)), "beyond");
  ExpectDefect(
      WithByteRange(absl::StrCat("[0 ", right.gap, " ", right.behind, " 9223372036854775807]")),
      "beyond");
}

TEST(ByteRangeAttackTest, RangeThatEndsWithinARevisionIsReported) {
  const Right right = RightRange();
  ExpectDefect(WithByteRange(Range(0, right.gap, right.behind, right.end - right.behind - 7)),
               "where a revision ends");
  ExpectDefect(WithByteRange(Range(0, right.gap, right.behind, 1)), "where a revision ends");
}

TEST(ByteRangeAttackTest, EmptyRangesAreReported) {
  const Right right = RightRange();
  ExpectDefect(WithByteRange(Range(0, 0, right.behind, right.end - right.behind)), "empty range");
  ExpectDefect(WithByteRange(Range(0, right.gap, right.behind, 0)), "empty range");
  ExpectDefect(WithByteRange("[0 0 0 0]"), "empty range");
}

TEST(ByteRangeAttackTest, ArrayOfOtherThanFourNumbersIsReported) {
  for (const std::string range : {"[]", "[0]", "[0 1 2]", "[0 10 20 30 40 50]", "[0 1 2 3 4]"}) {
    ExpectDefect(WithByteRange(range), "four numbers");
  }
}

TEST(ByteRangeAttackTest, ElementsThatAreNoDirectPositiveNumbersAreReported) {
  for (const std::string range : {"[0 -1 5 6]", "[(0) (1) (2) (3)]", "[0 10.5 20 30]",
                                  "[null null null null]", "[0 1 2 7 0 R]", "[/0 /1 /2 /3]"}) {
    ExpectDefect(WithByteRange(range), "no direct, positive number");
  }
}

TEST(ByteRangeAttackTest, NumberTooLargeForAnyFileIsReported) {
  // Its dictionary cannot be parsed: not even that it is a signature is known.
  EXPECT_THAT(OpenPdf(WithByteRange("[0 1 2 99999999999999999999999]")),
              FailsWith(Reason::kPdfDamaged));
}

TEST(ByteRangeAttackTest, RangeThatIsNoDirectArrayIsReported) {
  for (const std::string range : {"null", "7 0 R", "(0 1 2 3)", "<< >>", "0", "/None"}) {
    ExpectDefect(WithByteRange(range), "no direct array");
  }
}

TEST(ByteRangeAttackTest, MissingByteRangeIsReported) {
  ExpectDefect(Replaced(SignedPaymentOrder(), "/ByteRange", "/ByteRangX"), "/ByteRange is missing");
}

TEST(ByteRangeAttackTest, MissingContentsIsReported) {
  ExpectDefect(Replaced(SignedPaymentOrder(), "/Contents <", "/Contentx <"),
               "/Contents is missing");
}

// A signature dictionary with these /Contents in place of the string; the update is a new revision.
std::string WithContents(const std::string& contents) {
  return WithUpdate(SignedPaymentOrder(),
                    {.objects = {{21, absl::StrCat("<< /Type /Sig /Filter /Adobe.PPKLite "
                                                   "/SubFilter /ETSI.CAdES.detached ",
                                                   Range(0, 100, 200, 100).insert(0, "/ByteRange "),
                                                   " ", contents, " >>")}}});
}

TEST(ByteRangeAttackTest, ContentsThatIsNoStringIsReported) {
  for (const std::string contents :
       {"/Contents null", "/Contents 5", "/Contents /Name", "/Contents 9 0 R", "/Contents []"}) {
    ExpectDefect(WithContents(contents), "/Contents is missing");
  }
}

TEST(ByteRangeAttackTest, EmptyContentsIsReported) {
  ExpectDefect(WithContents("/Contents <>"), "/Contents is empty");
  ExpectDefect(WithContents("/Contents ()"), "/Contents is empty");
}

TEST(ByteRangeAttackTest, ZerosForContentsAreReported) {
  std::string pdf = SignedPaymentOrder();
  const Right right = RightRange();
  pdf.replace(right.gap + 1, right.behind - right.gap - 2,
              std::string(right.behind - right.gap - 2, '0'));
  ExpectDefect(pdf, "no CMS");
}

TEST(ByteRangeAttackTest, PaddingThatIsNotZeroIsReported) {
  std::string pdf = SignedPaymentOrder();
  pdf[RightRange().behind - 3] = '7';
  ExpectDefect(pdf, "more than a signature");
}

TEST(ByteRangeAttackTest, WhiteSpaceInContentsIsReported) {
  std::string pdf = SignedPaymentOrder();
  pdf[RightRange().behind - 2] = ' ';
  pdf[RightRange().behind - 3] = ' ';
  ExpectDefect(pdf, "gap");
}

TEST(ByteRangeAttackTest, TwoContentsAreReported) {
  // Readers take the first or the last: the room of /Name holds the second one.
  const std::string pdf =
      WithSignature(WritePdf(PaymentOrder()),
                    {.entries = "/Type /Sig /SubFilter /ETSI.CAdES.detached /Contents <3000>"});
  ASSERT_OK_AND_ASSIGN(const auto opened, OpenPdf(pdf));
  ASSERT_THAT(opened->signatures(), SizeIs(1));
  EXPECT_FALSE(opened->signatures()[0].defects.empty());
}

TEST(ByteRangeAttackTest, SignatureThatIsNoDictionaryIsReported) {
  for (const std::string value : {"(signature)", "5", "[]", "true"}) {
    ExpectDefect(WithUpdate(SignedPaymentOrder(), {.objects = {{21, value}}}), "no dictionary");
  }
}

// The second range is moved: the octets in between are the attacker's (signature wrapping).
TEST(ByteRangeAttackTest, WrappedSignatureIsReported) {
  const std::string& pdf = SignedPaymentOrder();
  const Right right = RightRange();
  const std::string first = pdf.substr(0, right.gap);
  const std::string contents = pdf.substr(right.gap, right.behind - right.gap);
  const std::string second = pdf.substr(right.behind);
  const std::string malicious = " >>\nendobj\n4 0 obj\n<< /Length 0 >>\nstream\n\nendstream\n";
  const std::string wrapped = absl::StrCat(first, contents, malicious, second);
  const size_t range = wrapped.find("/ByteRange [");
  const size_t length = wrapped.find(']', range) + 1 - range;
  std::string moved =
      absl::StrCat("/ByteRange ",
                   Range(0, right.gap, right.behind + malicious.size(), right.end - right.behind));
  moved.resize(length, ' ');
  std::string attack = wrapped;
  attack.replace(range, length, moved);
  const absl::StatusOr<std::unique_ptr<SignedPdf>> opened = OpenPdf(attack);
  // Its cross-references point nowhere unless the attacker writes new ones.
  EXPECT_THAT(opened, FailsWith(Reason::kPdfDamaged));
  const uint64_t section = attack.rfind("xref\n", attack.rfind("startxref") - 1);
  std::string mended = attack.substr(0, attack.rfind("startxref"));
  absl::StrAppend(&mended, "startxref\n", section, "\n%%EOF\n");
  ExpectDefect(mended, "gap");
}

TEST(ByteRangeAttackTest, CopyOfASignatureInAnotherFieldIsReported) {
  const std::string& pdf = SignedPaymentOrder();
  const HandMadeObjects order = PaymentOrder();
  const std::string attack =
      WithUpdate(pdf, {.objects = {{6, Replaced(order.at(6), "[7 0 R]", "[7 0 R 20 0 R 30 0 R]")},
                                   {30, "<< /FT /Sig /T (Copy) /V 21 0 R >>"}}});
  ASSERT_OK_AND_ASSIGN(const auto opened, OpenPdf(attack));
  ASSERT_THAT(opened->signatures(), SizeIs(2));
  EXPECT_THAT(opened->signatures()[0], HasDefect("same /ByteRange"));
  EXPECT_THAT(opened->signatures()[1], HasDefect("same /ByteRange"));
}

TEST(ByteRangeAttackTest, SignatureThatIsOnlyOnAPageIsReported) {
  const std::string pdf =
      WithSignature(WritePdf(PaymentOrder()), {.objects = {{6, PaymentOrder().at(6)}}});
  ExpectDefect(pdf, "does not have the signature's field");
}

TEST(WithoutPaddingTest, ElementEndsWhereItSaysInDerAndBer) {
  const Bytes der = *FromHex("3003020105000000");
  EXPECT_EQ(ToHex(*WithoutPadding(der)), "3003020105");
  const Bytes ber = *FromHex(
      "30800201050000"
      "000000");
  EXPECT_EQ(ToHex(*WithoutPadding(ber)), "30800201050000");
}

TEST(WithoutPaddingTest, OctetsThatAreNoElementAreRefused) {
  for (const std::string hex :
       {"00", "30", "3005020105", "0401", "308002010500", "30ff", "040100"}) {
    EXPECT_THAT(WithoutPadding(*FromHex(hex)), FailsWith(Reason::kRequestMalformed)) << hex;
  }
}

TEST(WithoutPaddingTest, OctetsBehindTheElementAreRefused) {
  EXPECT_THAT(WithoutPadding(*FromHex("300302010500000001")), FailsWith(Reason::kRequestMalformed));
}

}  // namespace
}  // namespace enkrat::pades
