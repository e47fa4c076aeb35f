// Personal data of the real service: in no file, exported and erased by its operator while it runs,
// and evidence that holds afterwards.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/integration/running_service.h"
#include "tests/support/paths.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

constexpr char kGivenName[] = "Žarkoslava";
constexpr char kFamilyName[] = "Prepoznavnikova";

class PersonalDataTest : public RunningService {
 protected:
  static void SetUpTestSuite() {
    StartService({.settings = {{"server.operator_socket", "operator.sock"}}});
  }

  // Signs as a person of distinctive names; the session's facts.
  static Json SignAs(const std::string& subject, const std::string& document) {
    const ProgramOutcome outcome =
        service().Enkrat({"--json", "sign", MakeDocument(document), "--idp", service().idp_url(),
                          "--relying-party", "demo", "--sub", subject, "--given-name", kGivenName,
                          "--family-name", kFamilyName, "--country", "SI"});
    EXPECT_THAT(outcome, Succeeds()) << outcome.err;
    return Json::parse(outcome.out, nullptr, /*allow_exceptions=*/false);
  }
  static ProgramOutcome Operate(std::vector<std::string> words) {
    words.insert(words.end(), {"--config", service().File("enkratd.yaml")});
    return service().Enkrat(std::move(words));
  }
  // The person is named in a file: arguments are visible to others.
  static ProgramOutcome OfPerson(const std::string& subject, std::vector<std::string> words) {
    WriteText(service().File("subject.txt"), subject + "\n");
    words.insert(words.end(), {"--issuer", service().idp_url(), "--subject-file",
                               service().File("subject.txt")});
    return Operate(std::move(words));
  }
  static std::string LedgerOctets() {
    std::string all;
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
      std::ifstream file(service().File("ledger.db") + suffix, std::ios::binary);
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  }
};

TEST_F(PersonalDataTest, NamesAndSubjectAreInNoFileOfTheLedger) {
  const Json session = SignAs("subject-that-is-kept-secret", "secret.txt");
  const std::string octets = LedgerOctets();
  EXPECT_THAT(octets.size(), ::testing::Gt(4096));
  EXPECT_NE(octets.find(session["session_id"].get<std::string>()), std::string::npos);
  for (const char* trace : {kGivenName, kFamilyName, "subject-that-is-kept-secret", "secret.txt"}) {
    EXPECT_EQ(octets.find(trace), std::string::npos) << trace;
  }
}

TEST_F(PersonalDataTest, PersonIsExportedThenErasedAsFarAsTheLawLetsIt) {
  const std::string id = SignAs("subject-one", "one.txt")["session_id"];
  const ProgramOutcome exported = OfPerson("subject-one", {"subject", "export"});
  ASSERT_THAT(exported, Succeeds()) << exported.err;
  const Json held = Json::parse(exported.out, nullptr, false);
  ASSERT_EQ(held["sessions"].size(), 1u);
  EXPECT_EQ(held["sessions"][0]["session_id"], id);
  EXPECT_EQ(held["sessions"][0]["identity"]["surname"], kFamilyName);
  EXPECT_EQ(held["sessions"][0]["identity"]["subject"], "subject-one");
  EXPECT_EQ(held["sessions"][0]["document_labels"][0], "one.txt");
  EXPECT_THAT(held["sessions"][0]["certificate_pem"].get<std::string>(),
              HasSubstr("BEGIN CERTIFICATE"));

  const ProgramOutcome erased =
      OfPerson("subject-one", {"subject", "erase", "--reason", "GDPR-17-1", "--yes"});
  ASSERT_THAT(erased, Succeeds()) << erased.err;
  EXPECT_THAT(erased.out, HasSubstr("erased: result"));
  EXPECT_THAT(erased.out, HasSubstr("certificate, identity"));
  EXPECT_THAT(erased.out, HasSubstr("OVR-6.4.6-01"));
  EXPECT_THAT(service().Enkrat({"evidence", "verify", id, "--store", service().File("ledger.db")}),
              Succeeds());
}

TEST_F(PersonalDataTest, WhatIsErasedWithItsCertificateIsSaidToBeErasedAndItsEvidenceHolds) {
  const Json session = SignAs("subject-two", "two.txt");
  const std::string id = session["session_id"];
  const std::string serial = session["certificate"]["serial_number"];
  const ProgramOutcome erased = OfPerson(
      "subject-two",
      {"--json", "subject", "erase", "--reason", "COURT-7", "--including-certificates", "--yes"});
  ASSERT_THAT(erased, Succeeds()) << erased.err;
  const Json report = Json::parse(erased.out, nullptr, false);
  EXPECT_EQ(report["sessions"][0]["kept"].size(), 0u);
  EXPECT_EQ(report["wiped"], true);
  const ProgramOutcome lookup = service().Enkrat({"certificates", "get", "--serial", serial});
  EXPECT_THAT(lookup, ExitsWith(1));
  EXPECT_THAT(lookup.err, HasSubstr("PERSONAL_DATA_ERASED"));
  EXPECT_THAT(service().Enkrat({"evidence", "verify", id, "--store", service().File("ledger.db")}),
              Succeeds());
  const ProgramOutcome again = OfPerson("subject-two", {"subject", "export"});
  EXPECT_EQ(Json::parse(again.out, nullptr, false)["sessions"].size(), 0u);
}

TEST_F(PersonalDataTest, EveryEvidenceHoldsAlsoWithTheHsmsKeys) {
  SignAs("subject-three", "three.txt");
  const ProgramOutcome without = service().Enkrat(
      {"--json", "evidence", "verify", "--all", "--store", service().File("ledger.db")});
  ASSERT_THAT(without, Succeeds()) << without.out << without.err;
  EXPECT_EQ(Json::parse(without.out, nullptr, false)["faulty"], 0);
  const ProgramOutcome with =
      RunProgram({.argv = {BinaryPath("bin/enkrat"), "evidence", "verify", "--all", "--config",
                           service().File("enkratd.yaml")},
                  .environment = {{"SOFTHSM2_CONF", service().softhsm_conf()}}});
  EXPECT_THAT(with, Succeeds()) << with.out << with.err;
  EXPECT_THAT(with.out, HasSubstr("the evidence holds"));
}

TEST_F(PersonalDataTest, RetentionListsWhatIsDueByADateAndErasesNothingBeforeItsTime) {
  const std::string id = SignAs("subject-four", "four.txt")["session_id"];
  const ProgramOutcome now = Operate({"retention", "list"});
  ASSERT_THAT(now, Succeeds()) << now.err;
  EXPECT_THAT(now.out, HasSubstr("0 sessions are due"));
  const ProgramOutcome later = Operate({"retention", "list", "--due-before", "2090-01-01"});
  EXPECT_THAT(later.out, HasSubstr(id));
  const ProgramOutcome erased = Operate({"retention", "erase", "--reason", "YEARLY", "--yes"});
  ASSERT_THAT(erased, Succeeds()) << erased.err;
  EXPECT_THAT(erased.out, HasSubstr("of 0 sessions was erased"));
}

TEST_F(PersonalDataTest, ErasingNeedsYesAReasonAndAPerson) {
  EXPECT_THAT(Operate({"retention", "erase", "--reason", "X"}), ExitsWith(64));
  EXPECT_THAT(Operate({"retention", "erase", "--yes"}), ExitsWith(64));
  EXPECT_THAT(OfPerson("s", {"subject", "erase", "--reason", "X"}), ExitsWith(64));
  EXPECT_THAT(Operate({"subject", "erase", "--issuer", "i", "--reason", "X", "--yes"}),
              ExitsWith(64));
  EXPECT_THAT(OfPerson("s", {"subject", "erase", "--reason", "Ana Novak", "--yes"}), ExitsWith(1));
}

TEST_F(PersonalDataTest, SocketIsForItsOwnerOnlyAndTheServiceIsNotThereOnTcp) {
  struct stat status {};
  ASSERT_EQ(lstat(service().File("operator.sock").c_str(), &status), 0);
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(PersonalDataTest, CommandWithoutAServiceIsUnavailable) {
  WriteText(service().File("elsewhere.yaml"),
            ToYaml(Merge(service().settings(), {{"server.operator_socket", "nobody.sock"}})));
  EXPECT_THAT(service().Enkrat({"retention", "list", "--config", service().File("elsewhere.yaml")}),
              ExitsWith(2));
}

}  // namespace
}  // namespace enkrat::testing
