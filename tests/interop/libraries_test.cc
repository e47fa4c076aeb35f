// Everything that a service signs and says, before Bouncy Castle and the JDK in one run, and before
// PKI.js in another: each judges good and spoilt files with code of its own.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/interop/judges.h"
#include "tests/interop/pdf_signatures.h"
#include "tests/interop/samples.h"
#include "tests/support/paths.h"

namespace enkrat::testing {
namespace {

using ::testing::StartsWith;

// What is to be judged, and how.
struct Task {
  std::vector<std::string> words;
  bool good = true;
};

class LibrariesInteropTest : public SampleService {
 protected:
  static void SetUpTestSuite() {
    SampleService::SetUpTestSuite();
    if (!tasks_.empty()) return;
    for (const std::string& level : Levels()) {
      AddCades(level, "p256", "");
      AddCades(level, "p384", "--enveloping");
      AddCades(level, "rsa3072", "");
      AddPades(level);
    }
    AddTimestamps();
    AddRaisedContainer("asic-s", "META-INF/signature.p7s");
    AddRaisedContainer("asic-e", "META-INF/signature001.p7s");
  }

  static void Add(std::vector<std::string> words, bool good) {
    tasks_.push_back({std::move(words), good});
  }

  static void AddCades(const std::string& level, const std::string& key,
                       const std::string& packaging) {
    const std::string document = MakeDocument(absl::StrCat("library-", level, "-", key));
    std::vector<std::string> words = {document, "--format", "cades-" + level, "--key", key};
    if (!packaging.empty()) words.push_back(packaging);
    ASSERT_THAT(Sign(words), Succeeds());
    const std::string spoilt = document + ".spoilt";
    if (packaging.empty()) {
      const std::string signature = document + ".p7s";
      SpoiltFile(document, "The document", "The d0cument", spoilt);
      Add({"cms", signature, document, Root(), level}, true);
      Add({"cms", signature, spoilt, Root(), level}, false);
    } else {
      SpoiltFile(document + ".p7m", "The document", "The d0cument", spoilt);
      Add({"cms", document + ".p7m", "-", Root(), level}, true);
      Add({"cms", spoilt, "-", Root(), level}, false);
    }
  }

  // The CMS and the timestamps within a PDF; its revocation data is not in the CMS.
  static void AddPades(const std::string& level) {
    const std::string stem = service().File("library-" + level);
    ASSERT_THAT(Execute({"python3", SourcePath("tools/demo/make_document.py"), stem + ".pdf"}),
                Succeeds());
    ASSERT_THAT(Sign({stem + ".pdf", "--format", "pades-" + level}), Succeeds());
    int i = 0;
    for (const PdfSignatureOctets& signature : PdfSignaturesIn(ReadText(stem + "-signed.pdf"))) {
      const std::string der = absl::StrCat(stem, ".", ++i, ".der");
      WriteText(der, signature.contents);
      WriteText(der + ".covered", signature.covered);
      WriteText(der + ".spoilt", Spoilt(signature.covered, "%PDF-1.4", "%PDF-1.5"));
      const bool token = signature.sub_filter == "ETSI.RFC3161";
      for (const bool good : {true, false}) {
        const std::string covered = der + (good ? ".covered" : ".spoilt");
        if (token) {
          Add({"token", der, covered, Root()}, good);
        } else {
          Add({"cms", der, covered, Root(), level == "b-b" ? "b-b" : "b-t"}, good);
        }
      }
    }
  }

  // The CMS within a container that was raised from B-B to B-LTA.
  static void AddRaisedContainer(const std::string& type, const std::string& entry) {
    const std::string document = MakeDocument("library-" + type);
    const std::string container = document + (type == "asic-s" ? ".asics" : ".asice");
    ASSERT_THAT(Sign({document, "--container", type, "--format", "cades-b-b"}), Succeeds());
    ASSERT_THAT(service().Enkrat({"augment", container, "--roots", Root(), "--level", "b-lta", "-o",
                                  container, "--force"}),
                Succeeds());
    const std::string folder = container + ".unpacked";
    ASSERT_THAT(Execute({"unzip", "-q", container, "-d", folder}), Succeeds());
    const std::string covered =
        type == "asic-s" ? document : folder + "/META-INF/ASiCManifest001.xml";
    WriteText(container + ".spoilt", ReadText(covered) + " ");
    Add({"cms", folder + "/" + entry, covered, Root(), "b-lta"}, true);
    Add({"cms", folder + "/" + entry, container + ".spoilt", Root(), "b-lta"}, false);
  }

  static void AddTimestamps() {
    const std::string document = MakeDocument("library-token");
    certificate_ = document + ".pem";
    chain_ = document + ".chain";
    ASSERT_THAT(
        Sign({document, "--parts", "--certificate-out", certificate_, "--chain-out", chain_}),
        Succeeds());
    Add({"token", document + ".tst", document + ".sig", Root()}, true);
    Add({"token", document + ".tst", document, Root()}, false);
  }

  static void ExpectVerdicts(std::vector<std::string> (*judge)(const std::vector<std::string>&,
                                                               const std::string&),
                             const std::vector<Task>& tasks) {
    std::vector<std::string> lines;
    for (const Task& task : tasks) lines.push_back(absl::StrJoin(task.words, "\t"));
    const std::vector<std::string> answers = judge(lines, service().File(""));
    for (size_t i = 0; i < tasks.size(); ++i) {
      EXPECT_THAT(answers[i], StartsWith(tasks[i].good ? "good " : "bad ")) << lines[i];
    }
  }

  static inline std::vector<Task> tasks_;
  static inline std::string certificate_, chain_;
};

TEST_F(LibrariesInteropTest, BouncyCastleAgreesOnEverything) {
  std::vector<Task> tasks = tasks_;
  const std::string http = service().http_url();
  const std::string unit = service().ServiceFile("tsu-chain.pem");
  const std::string ca_crl = http + "/crl/issuing-ca.crl";
  const std::string root_crl = http + "/crl/root.crl";
  tasks.push_back({{"response", http + "/tsa", Root()}});
  tasks.push_back({{"response", http + "/tsa", certificate_}, false});  // trusts another
  tasks.push_back({{"ocsp", http + "/ocsp", unit, IssuingCa()}});
  tasks.push_back({{"ocsp", http + "/ocsp", unit, Root()}, false});  // not its issuer
  tasks.push_back({{"crl", ca_crl, IssuingCa()}});
  tasks.push_back({{"crl", root_crl, Root()}});
  tasks.push_back({{"crl", ca_crl, Root()}, false});
  tasks.push_back({{"one-time", certificate_, chain_, Root()}});
  tasks.push_back({{"one-time", unit, chain_, Root()}, false});  // can be revoked
  tasks.push_back({{"unit", unit, IssuingCa(), Root(), http + "/ocsp", ca_crl, root_crl}});
  tasks.push_back({{"unit", unit, IssuingCa(), Root(), http + "/ocsp", ca_crl}, false});
  ExpectVerdicts(BouncyCastle, tasks);
}

TEST_F(LibrariesInteropTest, PkiJsAgreesOnEverything) {
  std::vector<Task> tasks = tasks_;
  const std::string unit = service().ServiceFile("tsu-chain.pem");
  tasks.push_back({{"path", certificate_, chain_, Root()}});
  tasks.push_back({{"path", certificate_, certificate_, Root()}, false});  // its issuer is missing
  tasks.push_back({{"path", unit, IssuingCa(), Root()}});
  ExpectVerdicts(PkiJs, tasks);
}

}  // namespace
}  // namespace enkrat::testing
