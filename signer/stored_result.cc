#include "signer/stored_result.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <string>

#include "common/reason.h"
#include "enkrat/v1/signing_service.pb.h"
#include "signer/message_time.h"

namespace enkrat::signer {
namespace {

std::string Octets(ByteSpan octets) { return ToString(octets); }

void FillCertificate(const ca::IssuedCertificate& certificate, v1::Certificate& message) {
  message.set_der(Octets(certificate.der));
  message.set_serial_number(certificate.serial_number);
  message.set_fingerprint_sha256(Octets(certificate.fingerprint_sha256));
  FillTime(certificate.not_before, *message.mutable_not_before());
  FillTime(certificate.not_after, *message.mutable_not_after());
}

ca::IssuedCertificate CertificateFrom(const v1::Certificate& message) {
  return {
      .der = ToBytes(message.der()),
      .serial_number = message.serial_number(),
      .fingerprint_sha256 = ToBytes(message.fingerprint_sha256()),
      .not_before = TimeFrom(message.not_before()),
      .not_after = TimeFrom(message.not_after()),
  };
}

void FillDocument(const DocumentSignature& signature, v1::DocumentSignature& message) {
  message.set_label(signature.label);
  message.set_signature(Octets(signature.signature));
  message.set_pdf_update(Octets(signature.pdf_update));
  if (!signature.timestamp.has_value()) return;
  v1::Timestamp& timestamp = *message.mutable_timestamp();
  timestamp.set_token(Octets(signature.timestamp->token_der));
  FillTime(signature.timestamp->gen_time, *timestamp.mutable_gen_time());
  timestamp.set_serial_number(signature.timestamp->serial_number);
  timestamp.set_policy(signature.timestamp->policy_oid);
}

DocumentSignature DocumentFrom(const v1::DocumentSignature& message) {
  DocumentSignature signature = {
      .label = message.label(),
      .signature = ToBytes(message.signature()),
      .timestamp = std::nullopt,
      .pdf_update = ToBytes(message.pdf_update()),
  };
  if (message.has_timestamp()) {
    signature.timestamp = tsa::IssuedTimestamp{
        .token_der = ToBytes(message.timestamp().token()),
        .gen_time = TimeFrom(message.timestamp().gen_time()),
        .serial_number = message.timestamp().serial_number(),
        .policy_oid = message.timestamp().policy(),
    };
  }
  return signature;
}

void FillDestruction(const KeyDestruction& destruction, v1::DestructionEvidence& message) {
  message.set_public_key_sha256(Octets(destruction.public_key_sha256()));
  FillTime(destruction.generated_at(), *message.mutable_generated_at());
  FillTime(destruction.destroyed_at(), *message.mutable_destroyed_at());
  message.set_signature_count(static_cast<uint32_t>(destruction.signatures()));
  message.set_confirmation(destruction.confirmation());
  for (const auto& [name, value] : destruction.attributes()) {
    (*message.mutable_key_attributes())[name] = value;
  }
}

void FillOctets(const std::vector<Bytes>& from,
                google::protobuf::RepeatedPtrField<std::string>& to) {
  for (const Bytes& octets : from) *to.Add() = Octets(octets);
}

std::vector<Bytes> OctetsFrom(const google::protobuf::RepeatedPtrField<std::string>& from) {
  std::vector<Bytes> to;
  for (const std::string& octets : from) to.push_back(ToBytes(octets));
  return to;
}

}  // namespace

void StoredResult::Fill(const ValidationData& data, v1::ValidationData& message) {
  FillOctets(data.certificates_der, *message.mutable_certificates());
  FillOctets(data.crls_der, *message.mutable_crls());
  FillOctets(data.ocsp_responses_der, *message.mutable_ocsp_responses());
}

void StoredResult::Fill(const SigningResult& result, v1::SignResponse& response) {
  response.set_session_id(result.session_id);
  response.set_request_id(result.request_id);
  for (const DocumentSignature& signature : result.signatures) {
    FillDocument(signature, *response.add_signatures());
  }
  FillCertificate(result.certificate, *response.mutable_certificate());
  for (const Bytes& certificate : result.chain_der) response.add_chain(Octets(certificate));
  FillDestruction(result.destruction, *response.mutable_destruction());
  FillTime(result.started_at, *response.mutable_started_at());
  FillTime(result.completed_at, *response.mutable_completed_at());
  response.set_replayed(result.replayed);
  if (result.validation_data.has_value()) {
    Fill(*result.validation_data, *response.mutable_validation_data());
  }
}

Bytes StoredResult::Encode(const SigningResult& result) {
  v1::SignResponse message;
  Fill(result, message);
  std::string octets;
  {
    // One result has one form: its digest is evidence.
    google::protobuf::io::StringOutputStream stream(&octets);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return ToBytes(octets);
}

absl::StatusOr<SigningResult> StoredResult::Decode(ByteSpan octets) {
  v1::SignResponse message;
  if (!message.ParseFromArray(octets.data(), static_cast<int>(octets.size())) ||
      !message.has_destruction() || !message.has_certificate() || message.signatures().empty()) {
    return MakeError(Reason::kInternal, "a stored result does not parse");
  }
  KeyDestruction destruction;
  destruction.public_key_sha256_ = ToBytes(message.destruction().public_key_sha256());
  destruction.generated_at_ = TimeFrom(message.destruction().generated_at());
  destruction.destroyed_at_ = TimeFrom(message.destruction().destroyed_at());
  destruction.signatures_ = message.destruction().signature_count();
  destruction.confirmation_ = message.destruction().confirmation();
  for (const auto& [name, value] : message.destruction().key_attributes()) {
    destruction.attributes_.emplace_back(name, value);
  }
  std::sort(destruction.attributes_.begin(), destruction.attributes_.end());
  SigningResult result(std::move(destruction));
  result.session_id = message.session_id();
  result.request_id = message.request_id();
  for (const auto& signature : message.signatures()) {
    result.signatures.push_back(DocumentFrom(signature));
  }
  result.certificate = CertificateFrom(message.certificate());
  for (const std::string& certificate : message.chain()) {
    result.chain_der.push_back(ToBytes(certificate));
  }
  result.started_at = TimeFrom(message.started_at());
  result.completed_at = TimeFrom(message.completed_at());
  result.replayed = message.replayed();
  if (message.has_validation_data()) {
    const v1::ValidationData& data = message.validation_data();
    result.validation_data =
        ValidationData{.certificates_der = OctetsFrom(data.certificates()),
                       .crls_der = OctetsFrom(data.crls()),
                       .ocsp_responses_der = OctetsFrom(data.ocsp_responses())};
  }
  return result;
}

}  // namespace enkrat::signer
