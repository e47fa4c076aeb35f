#include "tests/interop/judges.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/support/paths.h"
#include "tests/support/service_environment.h"

namespace enkrat::testing {
namespace {

// Runs a program that reads tasks from a file and answers a line for each.
std::vector<std::string> Answers(std::vector<std::string> argv,
                                 const std::vector<std::string>& tasks, const std::string& file) {
  WriteText(file, absl::StrCat(absl::StrJoin(tasks, "\n"), "\n"));
  argv.push_back(file);
  const ProgramOutcome outcome = RunProgram({.argv = std::move(argv)}, absl::Minutes(2));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  std::vector<std::string> lines = absl::StrSplit(outcome.out, '\n', absl::SkipEmpty());
  EXPECT_EQ(lines.size(), tasks.size()) << outcome.out << outcome.err;
  lines.resize(tasks.size());
  return lines;
}

// Writes the content octets of the element at this offset.
void WriteElement(const std::string& der, const std::string& offset, const std::string& file) {
  const ProgramOutcome outcome =
      RunProgram({.argv = {"openssl", "asn1parse", "-inform", "DER", "-in", der, "-strparse",
                           offset, "-noout", "-out", file}});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
}

}  // namespace

ProgramOutcome OpensslVerifiesCms(const std::string& cms, const std::string& content,
                                  const std::string& roots) {
  std::vector<std::string> argv = {"openssl", "cms",  "-verify",   "-cades",   "-binary",
                                   "-inform", "DER",  "-in",       cms,        "-CAfile",
                                   roots,     "-out", "/dev/null", "-purpose", "any"};
  if (!content.empty()) argv.insert(argv.end(), {"-content", content});
  return RunProgram({.argv = std::move(argv)});
}

ProgramOutcome OpensslVerifiesToken(const std::string& token, const std::string& stamped,
                                    const std::string& roots) {
  return RunProgram({.argv = {"openssl", "ts", "-verify", "-token_in", "-in", token, "-data",
                              stamped, "-CAfile", roots}});
}

std::string OpensslPrintsCms(const std::string& cms) {
  return RunProgram({.argv = {"openssl", "cms", "-cmsout", "-print", "-noout", "-inform", "DER",
                              "-in", cms}})
      .out;
}

bool TakeOutSignatureTimestamp(const std::string& cms, const std::string& prefix) {
  const std::string parsed =
      RunProgram({.argv = {"openssl", "asn1parse", "-inform", "DER", "-in", cms}}).out;
  std::string signature;
  int attribute_lines = -1;  // since the attribute's name
  for (const auto line : absl::StrSplit(parsed, '\n')) {
    const std::string text(line);
    std::smatch match;
    if (!std::regex_search(text, match, std::regex("^ *([0-9]+):d= *([0-9]+)"))) continue;
    if (attribute_lines < 0 && match[2] == "5" && text.find("OCTET STRING") != std::string::npos) {
      signature = match[1];
    }
    if (text.find(":id-smime-aa-timeStampToken") != std::string::npos) attribute_lines = 0;
    // The SET of values, and in it the token.
    if (attribute_lines >= 0 && attribute_lines++ == 2) {
      WriteElement(cms, match[1], prefix + ".tst");
      WriteElement(cms, signature, prefix + ".sig");
      return true;
    }
  }
  return false;
}

Verdict EnkratVerifies(std::vector<std::string> words, const std::string& roots) {
  words.insert(words.begin(), {BinaryPath("bin/enkrat"), "--json", "verify"});
  words.insert(words.end(), {"--roots", roots});
  const ProgramOutcome outcome = RunProgram({.argv = std::move(words)});
  Verdict verdict;
  verdict.exit_code = outcome.exit_code;
  verdict.text = outcome.out + outcome.err;
  const auto report = nlohmann::json::parse(outcome.out, nullptr, /*allow_exceptions=*/false);
  if (!report.is_object()) return verdict;
  verdict.indication = report.value("indication", "");
  verdict.sub_indication = report.value("sub_indication", "");
  if (report.contains("signatures") && !report["signatures"].empty()) {
    verdict.level = report["signatures"][0].value("level", "");
  }
  return verdict;
}

void PrintTo(const Verdict& verdict, std::ostream* stream) {
  *stream << "exit code " << verdict.exit_code << ", " << verdict.indication << ' '
          << verdict.sub_indication << ' ' << verdict.level << '\n'
          << verdict.text;
}

std::vector<std::string> BouncyCastle(const std::vector<std::string>& tasks,
                                      const std::string& folder) {
  // The first tier of the compiler only: these programs live for a second or two.
  return Answers({ENKRAT_JAVA, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
                  ENKRAT_JAVA_CLASSES, "Judge"},
                 tasks, folder + "/bouncy-castle.tasks");
}

std::vector<std::string> PkiJs(const std::vector<std::string>& tasks, const std::string& folder) {
  return Answers({"node", SourcePath("tests/interop/pkijs/judge.mjs")}, tasks,
                 folder + "/pkijs.tasks");
}

}  // namespace enkrat::testing
