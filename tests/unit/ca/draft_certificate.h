// A TBSCertificate in pieces that a test can spoil one by one before they are put together.
#ifndef ENKRAT_TESTS_UNIT_CA_DRAFT_CERTIFICATE_H_
#define ENKRAT_TESTS_UNIT_CA_DRAFT_CERTIFICATE_H_

#include <string>
#include <vector>

#include "common/bytes.h"

namespace enkrat::testing {

struct DraftExtension {
  Bytes type;  // content octets of the identifier
  bool critical = false;
  Bytes value;
};

struct DraftAttribute {
  Bytes type;
  uint8_t tag = 0x0c;
  std::string text;
};

struct DraftTime {
  uint8_t tag = 0x17;
  std::string text;
};

struct DraftCertificate {
  // The pieces of `tbs_der`.
  static DraftCertificate FromTbs(ByteSpan tbs_der);

  Bytes Encode() const;

  // The extension of that type; ends the test process if there is none.
  DraftExtension& Find(ByteSpan type);
  void Remove(ByteSpan type);

  uint8_t version = 2;
  Bytes serial_number;  // content octets
  Bytes signature_algorithm_der;
  Bytes issuer_der;
  DraftTime not_before;
  DraftTime not_after;
  std::vector<DraftAttribute> subject;
  Bytes spki_der;
  std::vector<DraftExtension> extensions;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_UNIT_CA_DRAFT_CERTIFICATE_H_
