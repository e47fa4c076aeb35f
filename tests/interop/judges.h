// The programs that judge, each as one call: OpenSSL, Bouncy Castle, PKI.js, and enkrat itself.
#ifndef ENKRAT_TESTS_INTEROP_JUDGES_H_
#define ENKRAT_TESTS_INTEROP_JUDGES_H_

#include <string>
#include <vector>

#include "tests/support/subprocess.h"

namespace enkrat::testing {

// `openssl cms -verify -cades`; an empty content is in the signature.
ProgramOutcome OpensslVerifiesCms(const std::string& cms, const std::string& content,
                                  const std::string& roots);
// `openssl ts -verify` of a token over these octets.
ProgramOutcome OpensslVerifiesToken(const std::string& token, const std::string& stamped,
                                    const std::string& roots);
// `openssl cms -cmsout -print`.
std::string OpensslPrintsCms(const std::string& cms);

// The timestamp token in a CMS signature and the signature value that it is over, as files
// <prefix>.tst and <prefix>.sig; found with `openssl asn1parse`. False if there is none.
bool TakeOutSignatureTimestamp(const std::string& cms, const std::string& prefix);

// `enkrat --json verify <words> --roots <roots>`: its exit code and report.
struct Verdict {
  int exit_code = -1;
  std::string indication;      // "TOTAL_PASSED"; empty if there is no report
  std::string sub_indication;  // of the report, if it has one
  std::string level;           // of the first signature
  std::string text;            // the whole report, or the error
};
Verdict EnkratVerifies(std::vector<std::string> words, const std::string& roots);
void PrintTo(const Verdict& verdict, std::ostream* stream);

// Runs the Java program of tests/interop/bouncy_castle on these tasks, one line each, words
// separated by tabs, and gives back its answers, one line each: "good ..." or "bad REASON".
std::vector<std::string> BouncyCastle(const std::vector<std::string>& tasks,
                                      const std::string& folder);
// The same of tests/interop/pkijs.
std::vector<std::string> PkiJs(const std::vector<std::string>& tasks, const std::string& folder);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_INTEROP_JUDGES_H_
