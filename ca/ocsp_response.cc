#include "ca/ocsp_response.h"

#include <openssl/ocsp.h>

#include <memory>
#include <utility>

#include "ca/extension.h"
#include "ca/object_identifiers.h"
#include "ca/ocsp_request.h"
#include "common/der.h"
#include "common/der_writer.h"
#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ca {
namespace {

constexpr uint8_t kEnumerated = 0x0a;
constexpr uint8_t kSuccessful = 0;

using OcspResponsePtr = std::unique_ptr<OCSP_RESPONSE, OpenSslDeleter<OCSP_RESPONSE_free>>;
using OcspBasicPtr = std::unique_ptr<OCSP_BASICRESP, OpenSslDeleter<OCSP_BASICRESP_free>>;

void WriteTime(absl::Time time, DerWriter& writer) {
  writer.Element(der_tag::kGeneralizedTime,
                 absl::FormatTime("%Y%m%d%H%M%SZ", time, absl::UTCTimeZone()));
}

void WriteStatus(const OcspSingle& single, DerWriter& writer) {
  switch (single.status) {
    case CertificateStatus::kGood:
      writer.Element(der_tag::Primitive(0), ByteSpan());
      return;
    case CertificateStatus::kUnknown:
      writer.Element(der_tag::Primitive(2), ByteSpan());
      return;
    case CertificateStatus::kRevoked:
      break;
  }
  writer.Nested(der_tag::Constructed(1), [&] {
    WriteTime(single.revoked_at, writer);
    if (single.reason == 0) return;
    const uint8_t reason = static_cast<uint8_t>(single.reason);
    writer.Nested(der_tag::Constructed(0),
                  [&] { writer.Element(kEnumerated, ByteSpan(&reason, 1)); });
  });
}

void WriteSingle(const OcspSingle& single, const OcspAnswer& answer, DerWriter& writer) {
  writer.Nested(der_tag::kSequence, [&] {
    writer.Raw(single.cert_id_der);
    WriteStatus(single, writer);
    WriteTime(answer.produced_at, writer);
    writer.Nested(der_tag::Constructed(0), [&] { WriteTime(answer.next_update, writer); });
    if (single.status == CertificateStatus::kUnknown ||
        answer.archive_cutoff == absl::InfinitePast()) {
      return;
    }
    writer.Nested(der_tag::Constructed(1), [&] {
      writer.Nested(der_tag::kSequence, [&] {
        WriteExtension(writer, oid::kOcspArchiveCutoff, Criticality::kNonCritical,
                       [&] { WriteTime(answer.archive_cutoff, writer); });
      });
    });
  });
}

absl::Status CheckAnswer(const OcspAnswer& answer) {
  if (answer.singles.empty() || answer.singles.size() > kMaxOcspCertIds ||
      answer.next_update <= answer.produced_at) {
    return MakeError(Reason::kInternal, "not an answer that a responder can give");
  }
  return absl::OkStatus();
}

// With OpenSSL's decoder, by the certificate that is in the response.
bool Verifies(ByteSpan response_der, size_t singles) {
  const auto response = DecodeDer<OcspResponsePtr, d2i_OCSP_RESPONSE>(response_der);
  const OcspBasicPtr basic(response.ok() ? OCSP_response_get1_basic(response->get()) : nullptr);
  const bool verified = basic != nullptr &&
                        OCSP_resp_count(basic.get()) == static_cast<int>(singles) &&
                        OCSP_basic_verify(basic.get(), nullptr, nullptr, OCSP_NOVERIFY) == 1;
  DrainOpenSslErrors();
  return verified;
}

Bytes AssembleBasic(const StatusIssuer& responder, ByteSpan data, ByteSpan algorithm,
                    ByteSpan signature) {
  DerWriter writer(data.size() + signature.size() + responder.der.size() + 64);
  writer.Nested(der_tag::kSequence, [&] {
    writer.Raw(data);
    writer.Raw(algorithm);
    writer.BitString(signature);
    writer.Nested(der_tag::Constructed(0),
                  [&] { writer.Nested(der_tag::kSequence, [&] { writer.Raw(responder.der); }); });
  });
  return std::move(writer).Take();
}

Bytes AssembleResponse(ByteSpan basic) {
  DerWriter writer(basic.size() + 48);
  writer.Nested(der_tag::kSequence, [&] {
    writer.Element(kEnumerated, ByteSpan(&kSuccessful, 1));
    writer.Nested(der_tag::Constructed(0), [&] {
      writer.Nested(der_tag::kSequence, [&] {
        writer.ObjectIdentifier(oid::kOcspBasic);
        writer.Element(der_tag::kOctetString, basic);
      });
    });
  });
  return std::move(writer).Take();
}

}  // namespace

Bytes EncodeOcspFailure(OcspFailure failure) {
  const uint8_t status = static_cast<uint8_t>(failure);
  DerWriter writer(8);
  writer.Nested(der_tag::kSequence, [&] { writer.Element(kEnumerated, ByteSpan(&status, 1)); });
  return std::move(writer).Take();
}

Bytes EncodeResponseData(const StatusIssuer& responder, const OcspAnswer& answer) {
  DerWriter writer(512);
  writer.Nested(der_tag::kSequence, [&] {
    writer.Nested(der_tag::Constructed(2),
                  [&] { writer.Element(der_tag::kOctetString, Sha1(responder.key_octets)); });
    WriteTime(answer.produced_at, writer);
    writer.Nested(der_tag::kSequence, [&] {
      for (const OcspSingle& single : answer.singles) WriteSingle(single, answer, writer);
    });
    if (!answer.nonce.has_value()) return;
    writer.Nested(der_tag::Constructed(1), [&] {
      writer.Nested(der_tag::kSequence, [&] {
        WriteExtension(writer, oid::kOcspNonce, Criticality::kNonCritical,
                       [&] { writer.Element(der_tag::kOctetString, *answer.nonce); });
      });
    });
  });
  return std::move(writer).Take();
}

absl::StatusOr<Bytes> MakeOcspResponse(const StatusIssuer& responder, const OcspAnswer& answer,
                                       SigningKey& responder_key) {
  ENKRAT_RETURN_IF_ERROR(CheckAnswer(answer));
  if (responder_key.public_key().spki_der() != responder.public_key.spki_der()) {
    return MakeError(Reason::kConfigurationInvalid, "the key is not the OCSP responder's");
  }
  const Bytes data = EncodeResponseData(responder, answer);
  const KeyAlgorithm key = responder.public_key.algorithm();
  const DigestAlgorithm digest = DefaultDigest(key);
  ENKRAT_ASSIGN_OR_RETURN(const Bytes signature,
                          responder_key.SignDigest(digest, ComputeDigest(digest, data)));
  Bytes response = AssembleResponse(
      AssembleBasic(responder, data, SignatureAlgorithmIdentifier(key, digest), signature));
  if (!Verifies(response, answer.singles.size())) {
    return MakeError(Reason::kSignatureSelfCheckFailed, "the new OCSP response does not verify");
  }
  return response;
}

}  // namespace enkrat::ca
