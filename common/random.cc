#include "common/random.h"

#include <openssl/rand.h>

#include <cstdlib>

namespace enkrat {

Bytes RandomBytes(size_t size) {
  Bytes octets(size);
  if (RAND_bytes(octets.data(), static_cast<int>(size)) != 1) std::abort();
  return octets;
}

}  // namespace enkrat
