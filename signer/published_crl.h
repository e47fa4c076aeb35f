// A CRL as it is given out: its octets with what was read from them.
#ifndef ENKRAT_SIGNER_PUBLISHED_CRL_H_
#define ENKRAT_SIGNER_PUBLISHED_CRL_H_

#include <memory>

#include "ca/crl.h"
#include "common/bytes.h"

namespace enkrat::signer {

struct PublishedCrl {
  Bytes der;
  ca::ReadCrl facts;
};
// Null while there is none. What it points to never changes.
using PublishedCrlPtr = std::shared_ptr<const PublishedCrl>;

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_PUBLISHED_CRL_H_
