// The grammar of EN 319 412-1 5.1.3 and 5.1.4.
#include "ca/semantics_identifier.h"

#include <gtest/gtest.h>

#include <string>

namespace enkrat::ca {
namespace {

TEST(NaturalPersonIdentifierTest, EveryTypeIsAccepted) {
  for (const char* text : {"PASSI-P1234567", "IDCDE-590082394654", "PNOSI-0101006500006",
                           "TINSI-12345678", "EIDSI-2f6c1b7e90", "PNOEE-38001085718"}) {
    EXPECT_TRUE(IsNaturalPersonIdentifier(text)) << text;
  }
}

TEST(NaturalPersonIdentifierTest, EverythingElseIsRefused) {
  for (const char* text : {"", "PNO", "PNOSI", "PNOSI-", "PNOSI1", "PNOsi-1", "pnoSI-1", "TAXSI-1",
                           "SI:SI-1", "VATSI-1", "PNOSI- 1", "PNOSI-1 ", "XPNOSI-1", "PNOS-12"}) {
    EXPECT_FALSE(IsNaturalPersonIdentifier(text)) << text;
  }
}

TEST(LegalPersonIdentifierTest, EveryTypeIsAccepted) {
  for (const char* text :
       {"VATSI-12345678", "VATEL-123456789", "VATXI-123456789", "NTRSI-1234567000",
        "NTRDE+HE-123456", "NTRGB-12345678", "LEIXG-5493001KJTIIGC8Y1R12", "PSDSI-BSI-54231",
        "PSDPL-PFSA-1234567890", "EORSI-SI12345678", "EXCSI-SI12345678"}) {
    EXPECT_TRUE(IsLegalPersonIdentifier(text)) << text;
  }
}

TEST(LegalPersonIdentifierTest, EverythingElseIsRefused) {
  for (const char* text :
       {"", "VAT", "VATSI", "VATSI-", "VATSI1", "vatSI-1", "VATsi-1", "PNOSI-1", "TINSI-1",
        "SI:SI-1", "VATSI- 1", "VATSI-1 ", "XVATSI-1",
        // A subdivision is of 1 to 3 upper-case letters or digits, and goes with NTR.
        "VATDE+HE-1", "NTRDE+-1", "NTRDE+HESS-1", "NTRDE+he-1", "NTRDE+HE", "NTRDE+HE-",
        "NTRDE+H E-1",
        // ISO 17442: 20 characters, country XG.
        "LEISI-5493001KJTIIGC8Y1R12", "LEIXG-5493001KJTIIGC8Y1R1", "LEIXG-5493001KJTIIGC8Y1R123",
        "LEIXG-5493001kjtiigc8y1r12", "LEIXG-5493001KJTIIGC8Y-R12",
        // TS 119 495: authority of 2 to 8 upper-case letters, authorisation.
        "PSDSI-54231", "PSDSI-B-54231", "PSDSI-BSI-", "PSDSI-BSI", "PSDSI-bsi-1",
        "PSDSI-ABCDEFGHI-1",
        // Not PrintableString.
        "VATSI-1*", "VATSI-1@",
        "VATSI-\xc4\x8d"
        "1",
        "VATSI-1_2"}) {
    EXPECT_FALSE(IsLegalPersonIdentifier(text)) << text;
  }
  EXPECT_FALSE(IsLegalPersonIdentifier(absl::string_view("VATSI-1\0", 8)));
}

}  // namespace
}  // namespace enkrat::ca
