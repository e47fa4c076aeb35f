// The certificates that the machine's operator trusts: OpenSSL's default file and folder.
#ifndef ENKRAT_VALIDATION_SYSTEM_ROOTS_H_
#define ENKRAT_VALIDATION_SYSTEM_ROOTS_H_

#include <string>
#include <vector>

#include "common/bytes.h"

namespace enkrat::validation {

struct SystemRootPlaces {
  std::string file;    // PEM, any number of certificates
  std::string folder;  // of files named by the subject's hash: "3513523f.0" (c_rehash)
};
// As compiled into OpenSSL; its environment variables do not count.
SystemRootPlaces DefaultSystemRootPlaces();

// DER, at most 4096. What is not there, or no certificate, is left out: a machine without roots
// trusts nobody.
std::vector<Bytes> ReadSystemRoots(const SystemRootPlaces& places);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_SYSTEM_ROOTS_H_
