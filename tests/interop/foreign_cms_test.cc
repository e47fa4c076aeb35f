// Signatures and timestamps that Bouncy Castle, GnuTLS and OpenSSL made, with authorities and keys
// of their own, before `enkrat verify`; and copies with one octet changed, region by region.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/integration/running_service.h"
#include "tests/interop/judges.h"
#include "tests/interop/samples.h"
#include "tests/support/scratch_folder.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kDocument[] = "The document of others.\n";

// Object identifiers of signed attributes, with the SET OF values behind them.
constexpr char kMessageDigest[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04\x31";
constexpr char kSigningTime[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05\x31";

// The place behind these octets; the test fails if they are not there.
size_t Behind(const std::string& octets, const std::string& marker, size_t distance) {
  const size_t at = octets.rfind(marker);
  EXPECT_NE(at, std::string::npos);
  return at == std::string::npos ? 0 : at + marker.size() + distance;
}

// Without unsigned attributes a file ends with the signature value, and then with the zeros of
// indefinite lengths (Bouncy Castle writes BER).
size_t LastOfValue(const std::string& octets) { return octets.find_last_not_of('\0'); }

class ForeignCmsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (folder_ != nullptr) return;
    static ScratchFolder folder;
    folder_ = &folder;
    WriteText(File("doc"), kDocument);
    WriteText(File("other"), "Another document.\n");
  }

  static std::string File(const std::string& name) { return folder_->File(name); }
  static ProgramOutcome InFolder(std::vector<std::string> argv) {
    return RunProgram({.argv = std::move(argv), .folder = folder_->path()});
  }
  static Verdict Detached(const std::string& signature, const std::string& content,
                          const std::string& roots, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {File(content), "--signature", File(signature)});
    return EnkratVerifies(std::move(more), File(roots));
  }
  // A copy with the octet at `at` changed by `bits`.
  static std::string Changed(const std::string& name, size_t at, char bits = 1) {
    std::string octets = ReadText(File(name));
    EXPECT_LT(at, octets.size());
    octets[at] ^= bits;
    WriteText(File("changed-" + name), octets);
    return "changed-" + name;
  }

  static inline ScratchFolder* folder_ = nullptr;
};

class BouncyCastleTest : public ForeignCmsTest, public ::testing::WithParamInterface<std::string> {
 protected:
  static void SetUpTestSuite() {
    ForeignCmsTest::SetUpTestSuite();
    static bool made = false;
    if (made) return;
    made = true;
    const auto answers = BouncyCastle({"make\t" + File("")}, File(""));
    ASSERT_THAT(answers.at(0), StartsWith("good")) << answers.at(0);
  }
  static Verdict Judge(const std::string& signature, const std::string& content = "doc") {
    if (signature.ends_with(".p7m")) {
      return EnkratVerifies({File(signature), "--crl", File("bc.crl")}, File("bc-root.pem"));
    }
    return Detached(signature, content, "bc-root.pem", {"--crl", File("bc.crl")});
  }
};

TEST_P(BouncyCastleTest, DetachedIsGood) {
  const Verdict cades = Judge(absl::StrCat("bc-", GetParam(), "-cades.p7s"));
  EXPECT_EQ(cades.indication, "TOTAL_PASSED") << cades.text;
  EXPECT_EQ(cades.level, "B-B");
  const Verdict plain = Judge(absl::StrCat("bc-", GetParam(), "-plain.p7s"));
  EXPECT_EQ(plain.indication, "TOTAL_PASSED") << plain.text;
  EXPECT_EQ(plain.level, "") << "a plain CMS is no level";
}

TEST_P(BouncyCastleTest, EnvelopingIsGood) {
  for (const char* kind : {"-cades.p7m", "-plain.p7m"}) {
    const Verdict verdict = Judge(absl::StrCat("bc-", GetParam(), kind));
    EXPECT_EQ(verdict.indication, "TOTAL_PASSED") << verdict.text;
  }
}

TEST_P(BouncyCastleTest, AnotherDocumentIsAHashFailure) {
  const Verdict verdict = Judge(absl::StrCat("bc-", GetParam(), "-cades.p7s"), "other");
  EXPECT_EQ(verdict.indication, "TOTAL_FAILED");
  EXPECT_EQ(verdict.sub_indication, "HASH_FAILURE");
}

TEST_P(BouncyCastleTest, ChangedSignatureValueIsACryptoFailure) {
  const std::string name = absl::StrCat("bc-", GetParam(), "-cades.p7s");
  const Verdict verdict = Judge(Changed(name, LastOfValue(ReadText(File(name)))));
  EXPECT_EQ(verdict.indication, "TOTAL_FAILED") << verdict.text;
  EXPECT_EQ(verdict.sub_indication, "SIG_CRYPTO_FAILURE");
}

INSTANTIATE_TEST_SUITE_P(Keys, BouncyCastleTest,
                         ::testing::Values("rsa", "pss", "p256", "p521", "ed25519"),
                         [](const auto& one) { return TestName(one.param); });

// Where an octet is changed, and how the verdict names it.
struct Region {
  const char* name;
  const char* file;
  std::function<size_t(const std::string&)> place;
  const char* indication;
  const char* sub_indication;
  const char* said;  // in the report
};

class RegionTest : public BouncyCastleTest {
 protected:
  static void SetUpTestSuite() { BouncyCastleTest::SetUpTestSuite(); }
  static void ExpectNamed(const Region& region) {
    SCOPED_TRACE(region.name);
    const Verdict verdict = Judge(Changed(region.file, region.place(ReadText(File(region.file)))));
    EXPECT_EQ(verdict.indication, region.indication) << verdict.text;
    EXPECT_EQ(verdict.sub_indication, region.sub_indication) << verdict.text;
    EXPECT_THAT(verdict.text, HasSubstr(region.said));
  }
};

TEST_F(RegionTest, EachChangedRegionOfASignatureIsNamed) {
  const auto message_digest = [](const std::string& o) { return Behind(o, kMessageDigest, 5); };
  const auto signing_time = [](const std::string& o) { return Behind(o, {kSigningTime, 12}, 5); };
  const auto content = [](const std::string& o) { return o.find(kDocument) + 4; };
  const auto subject = [](const std::string& o) { return o.find("Bouncy p256") + 3; };
  for (const Region& region : std::vector<Region>{
           {"message digest", "bc-p256-cades.p7s", message_digest, "TOTAL_FAILED", "HASH_FAILURE",
            "message-digest"},
           {"signing time", "bc-p256-cades.p7s", signing_time, "TOTAL_FAILED", "SIG_CRYPTO_FAILURE",
            "signature-value"},
           {"content", "bc-p256-cades.p7m", content, "TOTAL_FAILED", "HASH_FAILURE",
            "message-digest"},
           {"certificate that is named", "bc-p256-cades.p7s", subject, "INDETERMINATE",
            "NO_SIGNING_CERTIFICATE_FOUND", "signing-certificate"},
           {"certificate that is not named", "bc-p256-plain.p7s", subject, "INDETERMINATE",
            "NO_CERTIFICATE_CHAIN_FOUND", "path"},
       }) {
    ExpectNamed(region);
  }
}

TEST_F(RegionTest, EachChangedRegionOfATimestampIsNamed) {
  const Verdict good = Detached("bc.tst", "doc", "bc-root.pem");
  EXPECT_EQ(good.indication, "TOTAL_PASSED") << good.text;
  EXPECT_THAT(good.text, HasSubstr("1.2.3.4.5"));
  const Verdict other = Detached("bc.tst", "other", "bc-root.pem");
  EXPECT_EQ(other.sub_indication, "HASH_FAILURE");
  EXPECT_THAT(other.text, Not(HasSubstr("proven_at")));
  const std::string policy = "\x06\x04\x2a\x03\x04\x05";
  const auto in_policy = [&](const std::string& o) { return o.find(policy) + policy.size() - 1; };
  for (const Region& region : std::vector<Region>{
           {"policy", "bc.tst", in_policy, "TOTAL_FAILED", "HASH_FAILURE", "digest is another"},
           {"signature value", "bc.tst", LastOfValue, "TOTAL_FAILED", "SIG_CRYPTO_FAILURE",
            "timestamp-signature"},
       }) {
    ExpectNamed(region);
  }
}

TEST_F(RegionTest, RevokedSignerIsNotBelieved) {
  const Verdict verdict = Judge("bc-revoked-cades.p7s");
  EXPECT_EQ(verdict.indication, "INDETERMINATE");
  EXPECT_EQ(verdict.sub_indication, "REVOKED_NO_POE");
  EXPECT_EQ(verdict.exit_code, 3);
}

TEST_F(RegionTest, WithoutTheCrlItIsToBeTriedLater) {
  EXPECT_EQ(Detached("bc-p256-cades.p7s", "doc", "bc-root.pem").sub_indication, "TRY_LATER");
}

class GnutlsTest : public ForeignCmsTest {
 protected:
  static void SetUpTestSuite() {
    ForeignCmsTest::SetUpTestSuite();
    WriteText(File("gnutls.cfg"),
              "cn = \"GnuTLS signer\"\ncountry = SI\nexpiration_days = 2\nsigning_key\n");
    ASSERT_THAT(InFolder({"certtool", "--generate-privkey", "--key-type", "ecdsa", "--curve",
                          "secp384r1", "--outfile", "gnutls.key"}),
                Succeeds());
    ASSERT_THAT(InFolder({"certtool", "--generate-self-signed", "--load-privkey", "gnutls.key",
                          "--template", "gnutls.cfg", "--outfile", "gnutls.pem"}),
                Succeeds());
  }
  static ProgramOutcome Certtool(std::vector<std::string> words) {
    words.insert(words.begin(), "certtool");
    words.insert(words.end(), {"--load-privkey", "gnutls.key", "--load-certificate", "gnutls.pem",
                               "--infile", "doc", "--outder", "--hash", "sha384"});
    return InFolder(std::move(words));
  }
};

TEST_F(GnutlsTest, DetachedSignatureIsGoodAndATamperedOneIsNot) {
  ASSERT_THAT(Certtool({"--p7-detached-sign", "--p7-time", "--outfile", "gnutls.p7s"}), Succeeds());
  const Verdict verdict = Detached("gnutls.p7s", "doc", "gnutls.pem");
  EXPECT_EQ(verdict.indication, "TOTAL_PASSED") << verdict.text;
  EXPECT_EQ(Detached("gnutls.p7s", "other", "gnutls.pem").sub_indication, "HASH_FAILURE");
  const std::string octets = ReadText(File("gnutls.p7s"));
  EXPECT_EQ(
      Detached(Changed("gnutls.p7s", LastOfValue(octets)), "doc", "gnutls.pem").sub_indication,
      "SIG_CRYPTO_FAILURE");
}

TEST_F(GnutlsTest, EnvelopingSignatureIsGoodAndATamperedOneIsNot) {
  ASSERT_THAT(Certtool({"--p7-sign", "--p7-time", "--outfile", "gnutls.p7m"}), Succeeds());
  const Verdict verdict = EnkratVerifies({File("gnutls.p7m")}, File("gnutls.pem"));
  EXPECT_EQ(verdict.indication, "TOTAL_PASSED") << verdict.text;
  const size_t content = ReadText(File("gnutls.p7m")).find(kDocument);
  EXPECT_EQ(
      EnkratVerifies({File(Changed("gnutls.p7m", content))}, File("gnutls.pem")).sub_indication,
      "HASH_FAILURE");
}

class OpensslTest : public ForeignCmsTest, public ::testing::WithParamInterface<std::string> {
 protected:
  static void SetUpTestSuite() {
    ForeignCmsTest::SetUpTestSuite();
    if (!ReadText(File("openssl.pem")).empty()) return;
    ASSERT_THAT(InFolder({"openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
                          "ec_paramgen_curve:P-256", "-subj", "/CN=OpenSSL signer", "-addext",
                          "keyUsage=critical,nonRepudiation", "-keyout", "openssl.key", "-out",
                          "openssl.pem", "-days", "2"}),
                Succeeds());
  }
  static ProgramOutcome CmsSign(std::vector<std::string> words) {
    words.insert(words.begin(), {"openssl", "cms", "-sign", "-binary", "-in", "doc", "-signer",
                                 "openssl.pem", "-inkey", "openssl.key", "-outform", "DER"});
    return InFolder(std::move(words));
  }
};

TEST_P(OpensslTest, SignatureIsGoodAndATamperedOneIsNot) {
  std::vector<std::string> words = {"-md", GetParam(), "-out", "openssl.p7s", "-cades"};
  ASSERT_THAT(CmsSign(words), Succeeds());
  const Verdict verdict = Detached("openssl.p7s", "doc", "openssl.pem");
  EXPECT_EQ(verdict.indication, "TOTAL_PASSED") << verdict.text;
  EXPECT_EQ(verdict.level, "B-B");
  EXPECT_EQ(Detached("openssl.p7s", "other", "openssl.pem").sub_indication, "HASH_FAILURE");
  const std::string octets = ReadText(File("openssl.p7s"));
  EXPECT_EQ(
      Detached(Changed("openssl.p7s", LastOfValue(octets)), "doc", "openssl.pem").sub_indication,
      "SIG_CRYPTO_FAILURE");
}

INSTANTIATE_TEST_SUITE_P(Digests, OpensslTest, ::testing::Values("sha256", "sha384", "sha512"),
                         [](const auto& one) { return TestName(one.param); });

TEST_F(ForeignCmsTest, SignatureWithoutSignedAttributesIsUndecidedWhateverItIsOver) {
  ASSERT_THAT(InFolder({"openssl", "req", "-x509", "-nodes", "-newkey", "rsa:3072", "-subj",
                        "/CN=Bare", "-keyout", "bare.key", "-out", "bare.pem", "-days", "2"}),
              Succeeds());
  ASSERT_THAT(InFolder({"openssl", "cms", "-sign", "-binary", "-noattr", "-in", "doc", "-signer",
                        "bare.pem", "-inkey", "bare.key", "-outform", "DER", "-out", "bare.p7s"}),
              Succeeds());
  const Verdict verdict = Detached("bare.p7s", "doc", "bare.pem");
  EXPECT_EQ(verdict.indication, "INDETERMINATE") << verdict.text;
  EXPECT_EQ(verdict.sub_indication, "SIG_CONSTRAINTS_FAILURE");
  EXPECT_EQ(Detached("bare.p7s", "other", "bare.pem").indication, "INDETERMINATE");
}

}  // namespace
}  // namespace enkrat::testing
