#include "ca/issuer.h"

#include <algorithm>
#include <utility>

#include "ca/issuer_chain.h"
#include "ca/lint.h"
#include "ca/parsed_certificate.h"
#include "ca/subject_public_key_info.h"
#include "ca/tbs_certificate.h"
#include "common/digest.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ca {
namespace {

constexpr size_t kSerialNumberSize = 16;

absl::Time WholeSeconds(absl::Time time) {
  return absl::FromUnixSeconds(absl::ToUnixSeconds(time));  // towards the past
}

// 126 random bits between two that are fixed: positive, and without leading zeros, which some tools
// print and others do not (RFC 5280 4.1.2.2).
absl::StatusOr<Bytes> DrawSerialNumber(const std::function<Bytes()>& source) {
  Bytes serial = source ? source() : RandomBytes(kSerialNumberSize);
  if (serial.size() != kSerialNumberSize) {
    return MakeError(Reason::kInternal, "a serial number that is not of 16 octets");
  }
  if (std::all_of(serial.begin(), serial.end(), [](uint8_t octet) { return octet == 0; })) {
    return MakeError(Reason::kInternal, "a serial number of zero");
  }
  serial.front() = static_cast<uint8_t>((serial.front() & 0x7f) | 0x40);
  return serial;
}

// The extensions of this one certificate that are not the same in every one of its profile.
absl::StatusOr<Bytes> OwnExtensions(const IssuanceRequest& request) {
  if (!request.profile->spec().authentication_context) return Bytes();
  if (!request.authentication_context.has_value()) {
    return MakeError(Reason::kProfileRejected,
                     "the profile asks for an authentication context, and there is none");
  }
  ENKRAT_RETURN_IF_ERROR(CheckAuthenticationContext(*request.authentication_context));
  return EncodeAuthenticationContext(*request.authentication_context);
}

}  // namespace

struct Issuer::Authority {
  IssuerChain chain;
  DigestAlgorithm digest;
  Bytes signature_algorithm_der;

  IssuerFacts Facts() const {
    return {.subject_der = chain.subject_der,
            .key_identifier = chain.key_identifier,
            .spki_der = chain.public_key.spki_der(),
            .signature_algorithm_der = signature_algorithm_der};
  }
};

Issuer::Issuer(Options options, std::unique_ptr<const Authority> authority)
    : options_(std::move(options)), authority_(std::move(authority)) {}

Issuer::~Issuer() = default;

absl::StatusOr<std::unique_ptr<Issuer>> Issuer::Create(Options options) {
  if (options.clock == nullptr) {
    return MakeError(Reason::kConfigurationInvalid, "an issuer needs a clock");
  }
  ENKRAT_ASSIGN_OR_RETURN(IssuerChain chain,
                          CheckIssuerChain(options.chain_der, options.clock->Now()));
  const KeyAlgorithm algorithm = chain.public_key.algorithm();
  const DigestAlgorithm digest = DefaultDigest(algorithm);
  auto authority = std::make_unique<const Authority>(
      Authority{.chain = std::move(chain),
                .digest = digest,
                .signature_algorithm_der = SignatureAlgorithmIdentifier(algorithm, digest)});
  return std::unique_ptr<Issuer>(new Issuer(std::move(options), std::move(authority)));
}

const PublicKey& Issuer::public_key() const { return authority_->chain.public_key; }

absl::Status Issuer::CheckPeriod(const Profile& profile) const {
  return CheckEnd(WholeSeconds(options_.clock->Now() + profile.spec().validity));
}

absl::Status Issuer::CheckEnd(absl::Time not_after) const {
  if (not_after <= authority_->chain.not_after) return absl::OkStatus();
  return MakeError(Reason::kProfileRejected,
                   "a certificate of the CA's chain ends before the one-time certificate would");
}

absl::StatusOr<IssuanceToken> Issuer::Prepare(const IssuanceRequest& request) const {
  if (request.profile == nullptr || request.subject_key == nullptr) {
    return MakeError(Reason::kInternal, "an issuance request without profile or key");
  }
  ENKRAT_RETURN_IF_ERROR(CheckSubject(request.subject));
  if (request.subject.kind != request.profile->subject_kind()) {
    return MakeError(Reason::kProfileRejected, "the subject is not of the profile's kind");
  }
  ENKRAT_ASSIGN_OR_RETURN(const Bytes own_extensions, OwnExtensions(request));
  const absl::Time now = options_.clock->Now();
  const ProfileSpec& spec = request.profile->spec();
  const absl::Time not_before = WholeSeconds(now - spec.not_before_skew);
  const absl::Time not_after = WholeSeconds(now + spec.validity);
  ENKRAT_RETURN_IF_ERROR(CheckEnd(not_after));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes serial, DrawSerialNumber(options_.serial_source));
  const Bytes& spki = request.subject_key->spki_der();
  ENKRAT_ASSIGN_OR_RETURN(const Bytes subject_key_identifier, KeyIdentifier(spki));
  const Bytes subject_der = EncodeSubject(request.subject);
  IssuanceToken token;
  token.tbs_der_ =
      EncodeTbsCertificate({.serial_number = serial,
                            .signature_algorithm_der = authority_->signature_algorithm_der,
                            .issuer_der = authority_->chain.subject_der,
                            .not_before = not_before,
                            .not_after = not_after,
                            .subject_der = subject_der,
                            .spki_der = spki,
                            .issuer_key_identifier = authority_->chain.key_identifier,
                            .subject_key_identifier = subject_key_identifier,
                            .profile_extensions_der = request.profile->extensions_der(),
                            .own_extensions_der = own_extensions});
  ENKRAT_ASSIGN_OR_RETURN(const ParsedTbs parsed, ParsedTbs::Parse(token.tbs_der_));
  ENKRAT_RETURN_IF_ERROR(RunLints({.tbs = parsed,
                                   .issuer = authority_->Facts(),
                                   .profile = *request.profile,
                                   .subject_spki_der = spki,
                                   .now = now}));
  token.issuer_ = this;
  token.serial_number_ = ToHex(serial);
  token.not_before_ = not_before;
  token.not_after_ = not_after;
  return token;
}

absl::Status Issuer::CheckToken(const IssuanceToken& token, const SigningKey& ca_key) const {
  if (token.tbs_der_.empty()) {
    return MakeError(Reason::kInternal, "an issuance token was used a second time");
  }
  if (token.issuer_ != this) {
    return MakeError(Reason::kInternal, "an issuance token of another issuer");
  }
  if (token.not_after_ <= options_.clock->Now()) {
    return MakeError(Reason::kInternal, "an issuance token whose certificate is over already");
  }
  if (ca_key.public_key().spki_der() != public_key().spki_der()) {
    return MakeError(Reason::kConfigurationInvalid,
                     "the CA key is not the one of the CA's certificate");
  }
  return absl::OkStatus();
}

absl::StatusOr<Bytes> Issuer::Sign(ByteSpan tbs_der, SigningKey& ca_key) const {
  const Bytes digest = ComputeDigest(authority_->digest, tbs_der);
  ENKRAT_ASSIGN_OR_RETURN(const Bytes signature, ca_key.SignDigest(authority_->digest, digest));
  ENKRAT_RETURN_IF_ERROR(
      WithContext(public_key().VerifyDigest(authority_->digest, digest, signature),
                  "signature of the CA over a certificate"));
  Bytes certificate = AssembleCertificate(tbs_der, authority_->signature_algorithm_der, signature);
  ENKRAT_ASSIGN_OR_RETURN(const CertificateParts parts, SplitCertificate(certificate));
  if (parts.tbs_der != tbs_der || parts.signature != signature ||
      parts.signature_algorithm_der != authority_->signature_algorithm_der) {
    return MakeError(Reason::kInternal, "a certificate differs from what was linted");
  }
  return certificate;
}

absl::StatusOr<IssuedCertificate> Issuer::Issue(IssuanceToken&& token, SigningKey& ca_key) const {
  const IssuanceToken spent = std::exchange(token, IssuanceToken());
  ENKRAT_RETURN_IF_ERROR(CheckToken(spent, ca_key));
  ENKRAT_ASSIGN_OR_RETURN(Bytes der, Sign(spent.tbs_der_, ca_key));
  Bytes fingerprint = ComputeDigest(DigestAlgorithm::kSha256, der);
  return IssuedCertificate{.der = std::move(der),
                           .serial_number = spent.serial_number_,
                           .fingerprint_sha256 = std::move(fingerprint),
                           .not_before = spent.not_before_,
                           .not_after = spent.not_after_};
}

}  // namespace enkrat::ca
