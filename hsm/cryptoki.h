// The cryptoki header under its standard names, for the .cc files of hsm/ (and the fakes of the
// tests) only.
#ifndef ENKRAT_HSM_CRYPTOKI_H_
#define ENKRAT_HSM_CRYPTOKI_H_

#define CRYPTOKI_COMPAT 1
#include <p11-kit-1/p11-kit/pkcs11.h>

#endif  // ENKRAT_HSM_CRYPTOKI_H_
