// Lists that somebody else's program signed: the xmlsec1 command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/file.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/support/subprocess.h"
#include "tests/unit/trusted_list/trusted_list_fixture.h"

namespace enkrat::trusted_list {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::RunProgram;
using ::enkrat::testing::ScratchFolder;
using ::enkrat::testing::SignTrustedList;
using ::enkrat::testing::TrustedListText;

constexpr char kTemplate[] =
    R"(<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="signature">
  <ds:SignedInfo>
    <ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
    <ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"/>
    <ds:Reference URI="">
      <ds:Transforms>
        <ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>
        <ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
      </ds:Transforms>
      <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/>
      <ds:DigestValue/>
    </ds:Reference>
    <ds:Reference URI="#properties" Type="http://uri.etsi.org/01903#SignedProperties">
      <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
      <ds:DigestValue/>
    </ds:Reference>
  </ds:SignedInfo>
  <ds:SignatureValue/>
  <ds:KeyInfo><ds:X509Data/></ds:KeyInfo>
  <ds:Object><xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#"
      Target="#signature"><xades:SignedProperties Id="properties"><xades:SignedSignatureProperties>
      <xades:SigningTime>2026-01-01T00:00:00Z</xades:SigningTime>
      </xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties>
  </ds:Object>
</ds:Signature>)";

class ForeignListTest : public TrustedListTest {
 protected:
  void Run(const std::vector<std::string>& argv) const {
    const auto outcome = RunProgram({.argv = argv});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  std::string Content(const std::string& name) const {
    return ToString(ReadFile(folder_.File(name), 1 << 20).value());
  }
  void Put(const std::string& name, const std::string& content) const {
    ASSERT_THAT(WriteFile(folder_.File(name), AsSpan(content), {}), ::enkrat::testing::IsOk());
  }
  // A list signed by xmlsec1 with a key that openssl made; its certificate is certificate.der.
  std::string SignedByXmlsec() {
    const std::string key = folder_.File("key.pem");
    const std::string pem = folder_.File("certificate.pem");
    Run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Scheme operator",
         "-keyout", key, "-out", pem, "-days", "10"});
    Run({"openssl", "x509", "-in", pem, "-outform", "DER", "-out",
         folder_.File("certificate.der")});
    const std::string end = "</TrustServiceStatusList>";
    Put("unsigned.xml", absl::StrReplaceAll(TrustedListText{}.Xml(), {{end, kTemplate + end}}));
    Run({"xmlsec1", "--sign", "--privkey-pem", absl::StrCat(key, ",", pem), "--id-attr:Id",
         "http://uri.etsi.org/01903/v1.3.2#:SignedProperties", "--output",
         folder_.File("signed.xml"), folder_.File("unsigned.xml")});
    return Content("signed.xml");
  }

  const ScratchFolder folder_;
};

TEST_F(ForeignListTest, ListSignedByXmlsecIsRead) {
  const std::string xml = SignedByXmlsec();
  ASSERT_OK_AND_ASSIGN(const TrustedList list,
                       ReadWith(xml, {ToBytes(Content("certificate.der"))}));
  EXPECT_EQ(list.sequence_number, 7);
}

TEST_F(ForeignListTest, AlteredListSignedByXmlsecIsRejected) {
  const std::string xml = SignedByXmlsec();
  const std::vector<Bytes> signers = {ToBytes(Content("certificate.der"))};
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {">SI<", ">AT<"}, {"SigningTime>2026", "SigningTime>2025"}}) {
    EXPECT_THAT(ReadWith(absl::StrReplaceAll(xml, {{from, to}}), signers),
                FailsWith(Reason::kNotPermitted))
        << from;
  }
}

// What the other tests sign is XML Signature as others understand it.
TEST_F(ForeignListTest, ListOfTheTestsIsGoodToXmlsec) {
  Put("list.xml", SignTrustedList(key_, TrustedListText{}.Xml()));
  Put("certificate.pem", key_.certificate_pem());
  Run({"xmlsec1", "--verify", "--pubkey-cert-pem", folder_.File("certificate.pem"), "--id-attr:Id",
       "http://uri.etsi.org/01903/v1.3.2#:SignedProperties", folder_.File("list.xml")});
}

}  // namespace
}  // namespace enkrat::trusted_list
