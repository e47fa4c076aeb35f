#include "cli/timestamp_query.h"

#include <openssl/asn1.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/asn1_time.h"
#include "common/openssl_ptr.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::cli {
namespace {

using TsMsgImprintPtr = std::unique_ptr<TS_MSG_IMPRINT, OpenSslDeleter<TS_MSG_IMPRINT_free>>;
using TsVerifyCtxPtr = std::unique_ptr<TS_VERIFY_CTX, OpenSslDeleter<TS_VERIFY_CTX_free>>;

absl::Status Broken(absl::string_view what) {
  return OpenSslError(Reason::kRequestMalformed, what);
}

template <typename T>
Bytes Encode(int (*encode)(const T*, unsigned char**), const T* object) {
  unsigned char* der = nullptr;
  const int size = encode(object, &der);
  Bytes octets(der, der + (size > 0 ? size : 0));
  OPENSSL_free(der);
  return octets;
}

absl::StatusOr<TsMsgImprintPtr> Imprint(DigestAlgorithm algorithm, ByteSpan digest) {
  TsMsgImprintPtr imprint(TS_MSG_IMPRINT_new());
  const X509AlgorPtr identifier(X509_ALGOR_new());
  if (imprint == nullptr || identifier == nullptr ||
      X509_ALGOR_set0(identifier.get(), OBJ_nid2obj(DigestNid(algorithm)), V_ASN1_NULL, nullptr) !=
          1 ||
      TS_MSG_IMPRINT_set_algo(imprint.get(), identifier.get()) != 1 ||
      TS_MSG_IMPRINT_set_msg(imprint.get(), const_cast<uint8_t*>(digest.data()),
                             static_cast<int>(digest.size())) != 1) {
    return OpenSslError(Reason::kInternal, "making a message imprint");
  }
  return imprint;
}

// A positive number of 64 bits.
absl::StatusOr<Asn1IntegerPtr> Nonce() {
  Bytes octets = RandomBytes(8);
  octets[0] = static_cast<uint8_t>((octets[0] & 0x7f) | 0x40);
  const BnPtr number(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
  Asn1IntegerPtr nonce(BN_to_ASN1_INTEGER(number.get(), nullptr));
  if (nonce == nullptr) return OpenSslError(Reason::kInternal, "making a nonce");
  return nonce;
}

absl::StatusOr<TsReqPtr> ParseQuery(const Bytes& der) {
  const uint8_t* cursor = der.data();
  TsReqPtr request(d2i_TS_REQ(nullptr, &cursor, static_cast<long>(der.size())));
  if (request == nullptr) return OpenSslError(Reason::kInternal, "reading the query again");
  return request;
}

// What the unit said when it did not grant (RFC 3161 2.4.2, statusString).
std::string Refusal(TS_RESP* response) {
  const STACK_OF(ASN1_UTF8STRING)* texts =
      TS_STATUS_INFO_get0_text(TS_RESP_get_status_info(response));
  std::string words = "the timestamping unit refused";
  for (int i = 0; i < sk_ASN1_UTF8STRING_num(texts); ++i) {
    const ASN1_UTF8STRING* text = sk_ASN1_UTF8STRING_value(texts, i);
    absl::StrAppend(&words, ": ",
                    absl::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                                      static_cast<size_t>(ASN1_STRING_length(text))));
  }
  return words;
}

// RFC 3161 2.4.2, PKIFailureInfo: what waiting may mend, and what only another query does.
Reason RefusalReason(TS_RESP* response) {
  const ASN1_BIT_STRING* info = TS_STATUS_INFO_get0_failure_info(TS_RESP_get_status_info(response));
  const auto has = [info](int bit) {
    return info != nullptr && ASN1_BIT_STRING_get_bit(info, bit);
  };
  return has(TS_INFO_TIME_NOT_AVAILABLE) || has(TS_INFO_SYSTEM_FAILURE)
             ? Reason::kTimestampUnavailable
             : Reason::kRequestMalformed;
}

std::string SerialText(const ASN1_INTEGER* serial) {
  const BnPtr number(ASN1_INTEGER_to_BN(serial, nullptr));
  Bytes octets(static_cast<size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), octets.data());
  return ToHex(octets);
}

absl::StatusOr<absl::Time> GenTime(const TS_TST_INFO* info) {
  const ASN1_GENERALIZEDTIME* time = TS_TST_INFO_get_time(info);
  const std::optional<absl::Time> whole = TimeFromAsn1(time);
  if (!whole.has_value()) return Broken("reading genTime");
  // OpenSSL drops the fraction, which X.690 11.7 allows as ".fff" before the Z.
  const absl::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(time)),
                               static_cast<size_t>(ASN1_STRING_length(time)));
  const size_t dot = text.find('.');
  if (dot == absl::string_view::npos) return *whole;
  double scale = 1;
  absl::Duration fraction;
  for (const char digit : text.substr(dot + 1)) {
    if (digit < '0' || digit > '9') break;
    scale /= 10;
    fraction += absl::Seconds((digit - '0') * scale);
  }
  return *whole + absl::Trunc(fraction + absl::Nanoseconds(500), absl::Microseconds(1));
}

}  // namespace

absl::StatusOr<TimestampQuery> TimestampQuery::Create(DigestAlgorithm algorithm, ByteSpan digest) {
  if (digest.size() != DigestSize(algorithm)) {
    return MakeError(Reason::kDigestUnsupported, "the digest has another length");
  }
  ENKRAT_ASSIGN_OR_RETURN(const TsMsgImprintPtr imprint, Imprint(algorithm, digest));
  ENKRAT_ASSIGN_OR_RETURN(const Asn1IntegerPtr nonce, Nonce());
  const TsReqPtr request(TS_REQ_new());
  if (request == nullptr || TS_REQ_set_version(request.get(), 1) != 1 ||
      TS_REQ_set_msg_imprint(request.get(), imprint.get()) != 1 ||
      TS_REQ_set_nonce(request.get(), nonce.get()) != 1 ||
      TS_REQ_set_cert_req(request.get(), 1) != 1) {
    return OpenSslError(Reason::kInternal, "making a timestamp query");
  }
  return TimestampQuery(Encode(i2d_TS_REQ, request.get()));
}

HttpRequest TimestampQuery::OverHttp(const std::string& url, absl::Duration timeout) const {
  return {.url = url,
          .content_type = "application/timestamp-query",
          .body = der_,
          .max_response_size = 64 * 1024,
          .timeout = timeout,
          .plain_http = PlainHttp::kAnywhere};
}

absl::StatusOr<TimestampFacts> TimestampQuery::CheckResponse(ByteSpan response_der) const {
  const uint8_t* cursor = response_der.data();
  const TsRespPtr response(d2i_TS_RESP(nullptr, &cursor, static_cast<long>(response_der.size())));
  if (response == nullptr || cursor != response_der.data() + response_der.size()) {
    return Broken("the answer is no TimeStampResp");
  }
  PKCS7* token = TS_RESP_get_token(response.get());
  TS_TST_INFO* info = TS_RESP_get_tst_info(response.get());
  if (token == nullptr || info == nullptr) {
    return MakeError(RefusalReason(response.get()), Refusal(response.get()));
  }
  ENKRAT_ASSIGN_OR_RETURN(const TsReqPtr request, ParseQuery(der_));
  const TsVerifyCtxPtr context(TS_REQ_to_TS_VERIFY_CTX(request.get(), nullptr));
  if (context == nullptr) return OpenSslError(Reason::kInternal, "preparing the check");
  // Granted, version, messageImprint, nonce. The signature needs a trusted root there: it follows.
  TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_NONCE);
  if (TS_RESP_verify_response(context.get(), response.get()) != 1) {
    return Broken("the timestamp does not answer the query");
  }
  if (PKCS7_verify(token, nullptr, nullptr, nullptr, nullptr, PKCS7_NOVERIFY) != 1) {
    return Broken("the timestamp's signature is wrong");
  }
  TimestampFacts facts;
  facts.token_der = Encode(i2d_PKCS7, token);
  facts.serial_number = SerialText(TS_TST_INFO_get_serial(info));
  std::string policy(128, '\0');
  const int size = OBJ_obj2txt(policy.data(), static_cast<int>(policy.size()),
                               TS_TST_INFO_get_policy_id(info), /*no_name=*/1);
  policy.resize(size > 0 ? std::min(static_cast<size_t>(size), policy.size() - 1) : 0);
  facts.policy = std::move(policy);
  ENKRAT_ASSIGN_OR_RETURN(facts.gen_time, GenTime(info));
  return facts;
}

}  // namespace enkrat::cli
