// Unpredictable octets, from OpenSSL's DRBG.
#ifndef ENKRAT_COMMON_RANDOM_H_
#define ENKRAT_COMMON_RANDOM_H_

#include "common/bytes.h"

namespace enkrat {

// Ends the process if the DRBG fails: there is no safe way to go on without randomness.
Bytes RandomBytes(size_t size);

}  // namespace enkrat

#endif  // ENKRAT_COMMON_RANDOM_H_
