// TSTInfo: what a timestamp states (RFC 3161 2.4.2, EN 319 422 5.2).
#ifndef ENKRAT_TSA_TST_INFO_H_
#define ENKRAT_TSA_TST_INFO_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/bytes.h"

namespace enkrat::tsa {

struct TstInfo {
  Bytes policy;         // content octets of the OID
  Bytes imprint_der;    // MessageImprint
  Bytes serial_number;  // content octets of the INTEGER
  absl::Time gen_time;
  absl::Duration accuracy;  // zero: absent
  bool ordering = false;
  Bytes nonce;  // content octets of the INTEGER; empty: absent
  // The extensions hold qcStatements with esi4-qtstStatement-1 (EN 319 422 9.1).
  bool qualified = false;
};

// DER, version 1. genTime is cut to whole milliseconds, UTC, without trailing zeros (2.4.2);
// accuracy in seconds and milliseconds; no extensions but the qualified one's, which is not
// critical; no tsa name: it is optional, and would repeat the signer's.
Bytes EncodeTstInfo(const TstInfo& info);

// What an outsider or this unit wrote; nullopt unless it is one TSTInfo of version 1 in DER. Looks
// at the form of tsa and extensions alone; a critical extension is refused.
std::optional<TstInfo> ParseTstInfo(ByteSpan tst_info_der);

// "20270115080000.5Z".
std::string EncodeGenTime(absl::Time time);
std::optional<absl::Time> ParseGenTime(ByteSpan text);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_TST_INFO_H_
