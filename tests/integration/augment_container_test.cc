// `enkrat augment` on ASiC containers: the signatures in them raised where they are, all else octet
// for octet; and the containers that are not touched.
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/integration/running_service.h"

namespace enkrat::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kFailed = 1;
constexpr int kUsage = 64;
constexpr char kFirst[] = "META-INF/signature001.p7s";
constexpr char kSecond[] = "META-INF/signature002.p7s";

class AugmentContainerTest : public RunningService {
 protected:
  static void SetUpTestSuite() { StartService(); }

  static std::string Root() { return service().ServiceFile("root.pem"); }

  // An ASiC-S or ASiC-E with a document of this name, signed at this level.
  static std::string Signed(const std::string& name, const std::string& type,
                            const std::string& level = "b-b") {
    const std::string document = MakeDocument(name);
    EXPECT_THAT(Sign({document, "--container", type, "--format", "cades-" + level}), Succeeds());
    return document + (type == "asic-s" ? ".asics" : ".asice");
  }
  static ProgramOutcome Augment(const std::string& file, std::vector<std::string> more) {
    std::vector<std::string> words = {"augment", file, "--roots", Root()};
    words.insert(words.end(), more.begin(), more.end());
    return service().Enkrat(words);
  }
  static std::string Verdict(const std::string& file) {
    return service().Enkrat({"verify", file, "--roots", Root()}).out;
  }
  // What unzip finds in an entry.
  static std::string Entry(const std::string& container, const std::string& name) {
    return Execute({"unzip", "-p", container, name}).out;
  }
  // The entries as zipinfo lists them, without what becomes of signatures.
  static std::string Listing(const std::string& container) {
    return Execute({"sh", "-c",
                    "zipinfo -lT \"$0\" | grep -v 'signature[0-9]*.p7s\\|^Archive\\|^Zip\\|files,'",
                    container})
        .out;
  }
  // Adds an entry with the program `zip`.
  static void AddEntry(const std::string& container, const std::string& name,
                       const std::string& content) {
    const std::string folder = container + ".more";
    std::filesystem::create_directories(folder + "/META-INF");
    WriteText(folder + "/" + name, content);
    ASSERT_THAT(RunProgram({.argv = {"zip", "-X", "-q", container, name}, .folder = folder}),
                Succeeds());
  }
  static std::string Sha256Base64(const std::string& octets) {
    return absl::Base64Escape(Execute({"openssl", "dgst", "-sha256", "-binary"}, octets).out);
  }
  // A second signature over the same files, as another program would add it.
  static void SignAgain(const std::string& container) {
    const std::string manifest = absl::StrReplaceAll(
        Entry(container, "META-INF/ASiCManifest001.xml"), {{"signature001", "signature002"}});
    AddEntry(container, "META-INF/ASiCManifest002.xml", manifest);
    const std::string file = container + ".more/META-INF/ASiCManifest002.xml";
    ASSERT_THAT(Sign({file, "--format", "cades-b-b"}), Succeeds());
    AddEntry(container, kSecond, ReadText(file + ".p7s"));
  }
  static void ExpectUntouched(const ProgramOutcome& outcome, const std::string& raised, int code,
                              const std::string& why) {
    EXPECT_THAT(outcome, ExitsWith(code));
    EXPECT_THAT(outcome.err, HasSubstr(why));
    EXPECT_FALSE(std::filesystem::exists(raised)) << raised;
  }
};

TEST_F(AugmentContainerTest, SignatureIsRaisedLevelByLevel) {
  for (const std::string type : {"asic-s", "asic-e"}) {
    std::string file = Signed("steps-" + type + ".txt", type);
    const std::string first = file;
    const std::string p7s =
        type == "asic-s" ? "META-INF/signature.p7s" : "META-INF/signature001.p7s";
    for (const std::string level : {"b-t", "b-lt", "b-lta", "b-lta"}) {
      const std::string raised = absl::StrCat(file, ".", level);
      const ProgramOutcome outcome = Augment(file, {"--level", level, "-o", raised});
      ASSERT_THAT(outcome, Succeeds()) << outcome.err;
      EXPECT_THAT(outcome.out, HasSubstr("raised      " + p7s));
      EXPECT_NE(Entry(raised, p7s), Entry(file, p7s));
      EXPECT_THAT(Verdict(raised),
                  AllOf(HasSubstr("TOTAL_PASSED"), HasSubstr(absl::AsciiStrToUpper(level))));
      file = raised;
    }
    EXPECT_THAT(Execute({"unzip", "-t", file}), Succeeds());
    EXPECT_THAT(Listing(file), HasSubstr("mimetype"));
    EXPECT_EQ(Listing(file), Listing(first));
    const std::string start = ReadText(first).substr(0, ReadText(first).find(".txt"));
    EXPECT_EQ(ReadText(file).substr(0, start.size()), start) << "mimetype is first, and stored";
    EXPECT_EQ(Entry(file, "steps-" + type + ".txt"), Entry(first, "steps-" + type + ".txt"));
  }
}

TEST_F(AugmentContainerTest, ContainerIsRaisedInItsPlace) {
  const std::string file = Signed("in-place.txt", "asic-e");
  const std::string before = ReadText(file);
  EXPECT_THAT(Augment(file, {"-o", file}), ExitsWith(kUsage));
  EXPECT_EQ(ReadText(file), before);
  ASSERT_THAT(Augment(file, {"-o", file, "--force"}), Succeeds());
  EXPECT_THAT(Verdict(file), HasSubstr("B-LTA"));
  EXPECT_THAT(Execute({"unzip", "-t", file}), Succeeds());
}

TEST_F(AugmentContainerTest, LevelThatIsReachedChangesNothing) {
  const std::string file = Signed("reached.txt", "asic-e", "b-lt");
  const std::string raised = file + ".same";
  const ProgramOutcome outcome = Augment(file, {"--level", "b-t", "-o", raised});
  EXPECT_THAT(outcome, Succeeds());
  EXPECT_THAT(outcome.out, HasSubstr("as it was   META-INF/signature001.p7s"));
  EXPECT_EQ(ReadText(raised), ReadText(file));
}

TEST_F(AugmentContainerTest, AllSignaturesAreRaisedOrTheOneThatIsNamed) {
  const std::string file = Signed("two.txt", "asic-e");
  SignAgain(file);
  const std::string one = file + ".one";
  const ProgramOutcome named = Augment(file, {"--signature", kSecond, "-o", one});
  ASSERT_THAT(named, Succeeds()) << named.err;
  EXPECT_THAT(named.out, AllOf(HasSubstr(absl::StrCat("left        ", kFirst)),
                               HasSubstr(absl::StrCat("raised      ", kSecond))));
  EXPECT_EQ(Entry(one, kFirst), Entry(file, kFirst));
  EXPECT_NE(Entry(one, kSecond), Entry(file, kSecond));
  const std::string both = file + ".both";
  ASSERT_THAT(Augment(file, {"--level", "b-t", "-o", both}), Succeeds());
  EXPECT_NE(Entry(both, kFirst), Entry(file, kFirst));
  EXPECT_NE(Entry(both, kSecond), Entry(file, kSecond));
  EXPECT_EQ(Listing(both), Listing(file));
  EXPECT_THAT(Verdict(both), AllOf(HasSubstr("TOTAL_PASSED"), Not(HasSubstr("B-B"))));
}

TEST_F(AugmentContainerTest, TimestampStaysAsItIs) {
  const std::string file = Signed("stamped.txt", "asic-s");
  const std::string token = service().File("stamped.tst");
  ASSERT_THAT(service().Enkrat({"timestamp", service().File("stamped.txt"), "-o", token}),
              Succeeds());
  AddEntry(file, "META-INF/timestamp.tst", ReadText(token));
  const std::string raised = file + ".up";
  const ProgramOutcome outcome = Augment(file, {"-o", raised});
  ASSERT_THAT(outcome, Succeeds()) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("left        META-INF/timestamp.tst (a timestamp)"));
  EXPECT_EQ(Entry(raised, "META-INF/timestamp.tst"), ReadText(token));
  EXPECT_THAT(Verdict(raised), HasSubstr("TOTAL_PASSED"));
  ExpectUntouched(Augment(file, {"--signature", "META-INF/timestamp.tst", "-o", file + ".no"}),
                  file + ".no", kUsage, "META-INF/signature.p7s");
}

TEST_F(AugmentContainerTest, TimestampsAloneAreNothingToRaise) {
  const std::string file = Signed("only-stamped.txt", "asic-s");
  const std::string token = service().File("only-stamped.tst");
  ASSERT_THAT(service().Enkrat({"timestamp", service().File("only-stamped.txt"), "-o", token}),
              Succeeds());
  AddEntry(file, "META-INF/timestamp.tst", ReadText(token));
  ASSERT_THAT(Execute({"zip", "-q", "-d", file, "META-INF/signature.p7s"}), Succeeds());
  ExpectUntouched(Augment(file, {"-o", file + ".up"}), file + ".up", kFailed, "timestamps only");
}

TEST_F(AugmentContainerTest, FileThatWasChangedIsNotPreserved) {
  for (const std::string type : {"asic-s", "asic-e"}) {
    const std::string file = Signed("changed-" + type, type);
    AddEntry(file, "changed-" + type, "Something else.\n");
    ASSERT_THAT(Execute({"unzip", "-t", file}), Succeeds()) << "a good ZIP";
    ExpectUntouched(Augment(file, {"-o", file + ".up"}), file + ".up", kFailed, "HASH_FAILURE");
  }
}

TEST_F(AugmentContainerTest, BadSignatureKeepsTheOthersBackUnlessTheyAreNamed) {
  const std::string file = Signed("half-bad.txt", "asic-e");
  SignAgain(file);
  AddEntry(file, kFirst, Entry(file, kSecond));  // over another manifest
  ExpectUntouched(Augment(file, {"-o", file + ".up"}), file + ".up", kFailed, kFirst);
  ExpectUntouched(Augment(file, {"--signature", kFirst, "-o", file + ".up"}), file + ".up", kFailed,
                  "HASH_FAILURE");
  EXPECT_THAT(Augment(file, {"--signature", kSecond, "-o", file + ".up"}), Succeeds());
}

TEST_F(AugmentContainerTest, FileThatNobodySignedIsSaid) {
  const std::string file = Signed("added.txt", "asic-e");
  AddEntry(file, "more.txt", "Added later.\n");
  const ProgramOutcome outcome = Augment(file, {"-o", file + ".up"});
  EXPECT_THAT(outcome, Succeeds());
  EXPECT_THAT(outcome.err, HasSubstr("No signature covers the file more.txt."));
  EXPECT_EQ(Entry(file + ".up", "more.txt"), "Added later.\n");
}

TEST_F(AugmentContainerTest, SignatureUnderAnArchiveTimestampIsNotTouched) {
  const std::string file = Signed("archived.txt", "asic-e", "b-t");
  const std::string manifest =
      absl::StrReplaceAll(Entry(file, "META-INF/ASiCManifest001.xml"),
                          {{"\"META-INF/signature001.p7s\"", "\"META-INF/timestamp001.tst\""},
                           {"\"archived.txt\"", absl::StrCat("\"", kFirst, "\"")},
                           {Sha256Base64(ReadText(service().File("archived.txt"))),
                            Sha256Base64(Entry(file, kFirst))}});
  AddEntry(file, "META-INF/ASiCArchiveManifest.xml", manifest);
  const std::string token = file + ".tst";
  ASSERT_THAT(
      service().Enkrat({"timestamp", file + ".more/META-INF/ASiCArchiveManifest.xml", "-o", token}),
      Succeeds());
  AddEntry(file, "META-INF/timestamp001.tst", ReadText(token));
  ASSERT_THAT(Verdict(file), HasSubstr("TOTAL_PASSED"));
  ExpectUntouched(Augment(file, {"-o", file + ".up"}), file + ".up", kFailed,
                  "META-INF/ASiCArchiveManifest.xml");
}

TEST_F(AugmentContainerTest, SignaturesOfSomebodyElseAreRaisedButNotOfTwoInOne) {
  const std::string file = Signed("foreign.txt", "asic-s");
  std::vector<std::string> sign = {"openssl", "cms",    "-sign",
                                   "-binary", "-cades", "-outform",
                                   "DER",     "-in",    service().File("foreign.txt")};
  for (const std::string one : {"foreign-1", "foreign-2"}) {
    const std::string key = service().File(one + ".key");
    const std::string certificate = service().File(one + ".pem");
    ASSERT_THAT(
        Execute({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                 "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=" + one, "-addext",
                 "keyUsage=critical,nonRepudiation", "-days", "2"}),
        Succeeds());
    sign.insert(sign.end(), {"-signer", certificate, "-inkey", key});
    const ProgramOutcome signature = Execute(sign);
    ASSERT_THAT(signature, Succeeds());
    AddEntry(file, "META-INF/signature.p7s", signature.out);
    const std::string raised = absl::StrCat(file, ".", one);
    const ProgramOutcome outcome = Augment(
        file, {"--roots", service().File("foreign-1.pem"), "--roots", certificate, "-o", raised});
    if (one == "foreign-2") {
      ExpectUntouched(outcome, raised, kFailed, "more than one signer");
      continue;
    }
    ASSERT_THAT(outcome, Succeeds()) << outcome.err;
    EXPECT_THAT(service().Enkrat({"verify", raised, "--roots", certificate, "--roots", Root()}).out,
                AllOf(HasSubstr("TOTAL_PASSED"), HasSubstr("B-LTA")));
  }
}

TEST_F(AugmentContainerTest, XadesIsRefusedByName) {
  const std::string file = Signed("xades.txt", "asic-e");
  AddEntry(file, "META-INF/signatures0.xml", "<asic:XAdESSignatures/>");
  ExpectUntouched(Augment(file, {"-o", file + ".up"}), file + ".up", kFailed, "XAdES");
}

TEST_F(AugmentContainerTest, SignatureThatIsNoneIsNotRaised) {
  const std::string file = Signed("no-cms.txt", "asic-e");
  AddEntry(file, kFirst, "no signature");
  ExpectUntouched(Augment(file, {"-o", file + ".up"}), file + ".up", kFailed, "FORMAT_FAILURE");
}

TEST_F(AugmentContainerTest, TimestampTokenInTheNameOfASignatureIsNotRaised) {
  const std::string stamped = Signed("token.txt", "asic-s");
  const std::string token = service().File("token.tst");
  ASSERT_THAT(service().Enkrat({"timestamp", service().File("token.txt"), "-o", token}),
              Succeeds());
  AddEntry(stamped, "META-INF/signature.p7s", ReadText(token));
  ExpectUntouched(Augment(stamped, {"-o", stamped + ".up"}), stamped + ".up", kFailed,
                  "FORMAT_FAILURE");
}

TEST_F(AugmentContainerTest, DamagedContainersAreRefused) {
  const std::string file = Signed("damaged.txt", "asic-e");
  const std::string octets = ReadText(file);
  const std::string bad = file + ".bad";
  for (const std::string& damaged :
       {octets.substr(0, octets.size() - 1), octets.substr(0, octets.size() / 2), octets + "x",
        octets + octets, absl::StrReplaceAll(octets, {{"damaged.txt", "damaged.TXT"}}).substr(1)}) {
    WriteText(bad, damaged);
    ExpectUntouched(Augment(bad, {"-o", bad + ".up"}), bad + ".up", kFailed, "REQUEST_MALFORMED");
  }
  // A name twice, as a program that appends would leave it.
  const std::string twice = file + ".twice";
  ASSERT_THAT(Execute({"python3", "-W", "ignore", "-c",
                       "import sys, zipfile, shutil\n"
                       "shutil.copy(sys.argv[1], sys.argv[2])\n"
                       "with zipfile.ZipFile(sys.argv[2], 'a') as z:\n"
                       "  z.writestr('damaged.txt', 'Something else.')\n",
                       file, twice}),
              Succeeds());
  ExpectUntouched(Augment(twice, {"-o", twice + ".up"}), twice + ".up", kFailed, "name twice");
}

TEST_F(AugmentContainerTest, WrongWordsAreUsageErrors) {
  const std::string file = Signed("words.txt", "asic-e");
  const std::string up = file + ".up";
  ExpectUntouched(Augment(file, {"--content", service().File("words.txt"), "-o", up}), up, kUsage,
                  "--content");
  ExpectUntouched(Augment(file, {"--signature", kSecond, "-o", up}), up, kUsage, kFirst);
  ExpectUntouched(Augment(file, {"--signature", "words.txt", "-o", up}), up, kUsage, kFirst);
  ExpectUntouched(Augment(file, {"--level", "b-b", "-o", up}), up, kUsage, "--level");
  EXPECT_THAT(Augment(file, {}), ExitsWith(kUsage));
}

TEST_F(AugmentContainerTest, FolderThatIsNotThereLeavesNothing) {
  const std::string file = Signed("nowhere.txt", "asic-e");
  const ProgramOutcome outcome = Augment(file, {"-o", service().File("none/up.asice")});
  EXPECT_THAT(outcome, Not(Succeeds()));
  EXPECT_THAT(outcome.out, IsEmpty());
}

}  // namespace
}  // namespace enkrat::testing
