// Facts about certificates at their edges, and names that would deceive.
#include "ades/certificate_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/asn1_time.h"
#include "tests/unit/ades/certificate_maker.h"

namespace enkrat::ades {
namespace {

using testing::CertificateRequest;
using testing::MakeIdentity;
using testing::TestNow;

X509Ptr Make(const CertificateRequest& request) {
  return MakeIdentity(request, nullptr).Certificate();
}

std::string SubjectOf(const std::string& common_name) {
  return SubjectText(Make({.common_name = common_name}).get());
}

TEST(CertificateFactsTest, ValidityBeginsAtNotBeforeAndEndsBeforeNotAfter) {
  const absl::Time begin = TestNow();
  const absl::Time end = TestNow() + absl::Minutes(15);
  const X509Ptr certificate = Make({.common_name = "x", .not_before = begin, .not_after = end});
  EXPECT_FALSE(IsValidAt(certificate.get(), begin - absl::Seconds(1)));
  EXPECT_TRUE(IsValidAt(certificate.get(), begin));
  EXPECT_TRUE(IsValidAt(certificate.get(), end - absl::Seconds(1)));
  EXPECT_FALSE(IsValidAt(certificate.get(), end));
}

TEST(CertificateFactsTest, ValidityIsReadBeyond2049) {
  const absl::Time end =
      absl::FromCivil(absl::CivilSecond(2060, 1, 1, 0, 0, 0), absl::UTCTimeZone());
  const X509Ptr certificate = Make({.common_name = "x", .not_after = end});
  EXPECT_EQ(TimeFromAsn1(X509_get0_notAfter(certificate.get())), end);
}

TEST(CertificateFactsTest, KeyUsageMustBeStated) {
  EXPECT_FALSE(CheckKeyUsage(Make({.common_name = "x"}).get()).passed);
}

TEST(CertificateFactsTest, NonRepudiationMayStandBesideDigitalSignature) {
  EXPECT_TRUE(
      CheckKeyUsage(Make({.common_name = "x",
                          .extensions = {{"keyUsage", "critical,nonRepudiation,digitalSignature"}}})
                        .get())
          .passed);
}

TEST(CertificateFactsTest, SubjectIsShownInItsOwnLetters) {
  EXPECT_EQ(SubjectOf("Živa Čeh"), "CN=Živa Čeh,O=Test,C=SI");
}

TEST(CertificateFactsTest, SubjectThatWouldDeceiveIsEscaped) {
  for (const char* name : {"abc\xE2\x80\xAE"
                           "fed",
                           "zero\xE2\x80\x8Bwidth", "line\nbreak", "\x1b[31mred"}) {
    const std::string text = SubjectOf(name);
    for (char character : text) {
      EXPECT_TRUE(character >= 0x20 && character < 0x7f) << name;
    }
  }
}

}  // namespace
}  // namespace enkrat::ades
