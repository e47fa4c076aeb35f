#include "tsa/timestamp_unit.h"

#include <optional>
#include <utility>
#include <variant>

#include "common/der_reader.h"
#include "common/der_writer.h"
#include "common/object_identifier.h"
#include "common/openssl_ptr.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "tsa/response.h"
#include "tsa/token_layout.h"
#include "tsa/tst_info.h"
#include "tsa/unit_certificate.h"

namespace enkrat::tsa {
namespace {

constexpr absl::Duration kMostAccuracy = absl::Seconds(1);  // EN 319 422 5.2.2

// INTEGER content octets, positive, 16 of them, 126 bits of them random: unique across units,
// threads and restarts without anything to remember (RFC 3161 2.4.2).
Bytes NewSerialNumber() {
  Bytes serial_number = RandomBytes(16);
  serial_number[0] = static_cast<uint8_t>((serial_number[0] & 0x3f) | 0x40);
  return serial_number;
}

absl::Status CheckOptions(const TimestampUnit::Options& options) {
  if (options.clock == nullptr || options.clock_guard == nullptr) {
    return MakeError(Reason::kConfigurationInvalid, "a timestamping unit needs its clocks");
  }
  const bool whole = options.accuracy % absl::Milliseconds(1) == absl::ZeroDuration();
  if (!whole || options.accuracy < absl::Milliseconds(1) || options.accuracy > kMostAccuracy) {
    return MakeError(Reason::kConfigurationInvalid,
                     "the accuracy is not of whole milliseconds within 1 ms and 1 s");
  }
  if (options.accuracy < options.clock_guard->accuracy()) {
    return MakeError(Reason::kConfigurationInvalid,
                     "the accuracy is better than what the clock is held to");
  }
  return absl::OkStatus();
}

}  // namespace

// All that is fixed once the unit is loaded.
class TimestampUnit::Engine {
 public:
  Engine(const Options& options, UnitCertificate unit, Bytes policy)
      : unit_(std::move(unit)),
        layout_(unit_),
        policy_(std::move(policy)),
        policy_oid_(options.policy_oid),
        accuracy_(options.accuracy),
        qualified_(options.qualified),
        clock_guard_(*options.clock_guard) {}

  const UnitCertificate& unit() const { return unit_; }
  const Bytes& policy() const { return policy_; }

  // What differs from one timestamp to the next.
  struct Order {
    Bytes imprint_der;
    Bytes nonce = {};
    bool with_certificates = true;
  };
  absl::StatusOr<IssuedTimestamp> Make(const Order& order, absl::Time gen_time,
                                       SigningKey& unit_key) const;

  absl::StatusOr<absl::Time> GenTime() const { return clock_guard_.GenTime(); }
  absl::Status CheckUsableAt(absl::Time time) const;

 private:
  absl::Status CheckKey(const PublicKey& key) const;
  absl::Status SelfCheck(const Order& order, ByteSpan token_der) const;

  const UnitCertificate unit_;
  const TokenLayout layout_;
  const Bytes policy_;  // content octets of the OID
  const std::string policy_oid_;
  const absl::Duration accuracy_;
  const bool qualified_;
  ClockGuard& clock_guard_;
};

absl::Status TimestampUnit::Engine::CheckUsableAt(absl::Time time) const {
  if (time < unit_.usable_from || time > unit_.usable_until) {
    return MakeError(Reason::kTimestampUnavailable, "the unit's certificate or key period ended");
  }
  return absl::OkStatus();
}

absl::Status TimestampUnit::Engine::CheckKey(const PublicKey& key) const {
  if (key.spki_der() == unit_.public_key.spki_der()) return absl::OkStatus();
  // One key can be encoded in two ways.
  if (EVP_PKEY_eq(key.evp_pkey(), unit_.public_key.evp_pkey()) == 1) return absl::OkStatus();
  DrainOpenSslErrors();
  return MakeError(Reason::kConfigurationInvalid, "the key is not that of the unit's certificate");
}

absl::StatusOr<IssuedTimestamp> TimestampUnit::Engine::Make(const Order& order, absl::Time gen_time,
                                                            SigningKey& unit_key) const {
  ENKRAT_RETURN_IF_ERROR(CheckKey(unit_key.public_key()));
  const TstInfo info{.policy = policy_,
                     .imprint_der = order.imprint_der,
                     .serial_number = NewSerialNumber(),
                     .gen_time = absl::FromUnixMillis(absl::ToUnixMillis(gen_time)),
                     .accuracy = accuracy_,
                     .nonce = order.nonce,
                     .qualified = qualified_};
  const Bytes tst_info_der = EncodeTstInfo(info);
  const Bytes attributes = layout_.SignedAttributes(tst_info_der);
  const DigestAlgorithm algorithm = layout_.digest_algorithm();
  ENKRAT_ASSIGN_OR_RETURN(const Bytes signature,
                          unit_key.SignDigest(algorithm, ComputeDigest(algorithm, attributes)));
  IssuedTimestamp issued{
      .token_der = layout_.Assemble({.tst_info_der = tst_info_der,
                                     .signed_attributes = attributes,
                                     .signature = signature,
                                     .with_certificates = order.with_certificates}),
      .gen_time = info.gen_time,
      .serial_number = ToHex(info.serial_number),
      .policy_oid = policy_oid_};
  ENKRAT_RETURN_IF_ERROR(SelfCheck(order, issued.token_der));
  return issued;
}

// Reads the finished octets back: nothing leaves whose signature, digest, imprint or nonce is not
// what was asked for, whatever the HSM or the memory did.
absl::Status TimestampUnit::Engine::SelfCheck(const Order& order, ByteSpan token_der) const {
  const auto failed = [](absl::string_view what) {
    return MakeError(Reason::kSignatureSelfCheckFailed, what);
  };
  const std::optional<SignedParts> parts = ReadSignedParts(token_der);
  if (!parts) return failed("the token cannot be read back");
  const std::optional<TstInfo> info = ParseTstInfo(parts->tst_info_der);
  if (!info) return failed("the token's TSTInfo cannot be read back");
  if (info->imprint_der != order.imprint_der) return failed("the token's imprint is another");
  if (info->policy != policy_) return failed("the token's policy is another");
  if (info->qualified != qualified_) return failed("the token's claim is another");
  if (info->nonce != order.nonce) return failed("the token's nonce is another");
  const DigestAlgorithm algorithm = layout_.digest_algorithm();
  const std::optional<ByteSpan> digest = MessageDigestOf(parts->signed_attributes);
  if (!digest || *digest != ByteSpan(ComputeDigest(algorithm, parts->tst_info_der))) {
    return failed("the token's message-digest is another");
  }
  const Bytes attributes = DerOf(der_tag::kSet, {parts->signed_attributes});
  return unit_.public_key.VerifyDigest(algorithm, ComputeDigest(algorithm, attributes),
                                       parts->signature);
}

absl::StatusOr<std::unique_ptr<TimestampUnit>> TimestampUnit::Create(Options options) {
  ENKRAT_RETURN_IF_ERROR(CheckOptions(options));
  std::optional<Bytes> policy = OidContent(options.policy_oid);
  if (!policy) return MakeError(Reason::kConfigurationInvalid, "the policy is not an OID");
  const absl::Time now = options.clock->Now();
  ENKRAT_ASSIGN_OR_RETURN(UnitCertificate unit,
                          options.any_period
                              ? LoadUnitCertificateOfAnyPeriod(std::move(options.chain_der), now)
                              : LoadUnitCertificate(std::move(options.chain_der), now));
  if (options.qualified && !unit.qualified_claim) {
    return MakeError(Reason::kConfigurationInvalid,
                     "the unit's certificate does not claim qualified timestamps");
  }
  return std::unique_ptr<TimestampUnit>(
      new TimestampUnit(std::make_unique<Engine>(options, std::move(unit), *std::move(policy))));
}

TimestampUnit::TimestampUnit(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
TimestampUnit::~TimestampUnit() = default;

absl::StatusOr<IssuedTimestamp> TimestampUnit::Stamp(const MessageImprint& imprint,
                                                     SigningKey& unit_key) {
  if (imprint.digest.size() != DigestSize(imprint.algorithm)) {
    return MakeError(Reason::kDigestUnsupported, "the digest is not as long as its algorithm says");
  }
  ENKRAT_RETURN_IF_ERROR(CheckNotWithdrawn());
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time gen_time, engine_->GenTime());
  ENKRAT_RETURN_IF_ERROR(engine_->CheckUsableAt(gen_time));
  return engine_->Make({.imprint_der = EncodeImprint(imprint)}, gen_time, unit_key);
}

Bytes TimestampUnit::Respond(ByteSpan request_der, WithUnitKey with_unit_key) {
  auto parsed = ParseTimestampRequest(request_der);
  if (const auto* failure = std::get_if<FailureInfo>(&parsed)) return RejectionResponse(*failure);
  auto& request = std::get<TimestampRequest>(parsed);
  if (!request.policy.empty() && request.policy != engine_->policy()) {
    return RejectionResponse(FailureInfo::kUnacceptedPolicy);
  }
  const Engine::Order order{.imprint_der = std::move(request.imprint_der),
                            .nonce = std::move(request.nonce),
                            .with_certificates = request.cert_req};
  FailureInfo failure = FailureInfo::kSystemFailure;
  Bytes token_der;
  // The time is asked for when the key is there: waiting for it does not make genTime old.
  const absl::Status made = with_unit_key([&](SigningKey& unit_key) -> absl::Status {
    if (const absl::Status status = CheckNotWithdrawn(); !status.ok()) {
      failure = FailureInfo::kTimeNotAvailable;
      return status;
    }
    const absl::StatusOr<absl::Time> gen_time = engine_->GenTime();
    if (!gen_time.ok()) {
      failure = FailureInfo::kTimeNotAvailable;
      return gen_time.status();
    }
    ENKRAT_RETURN_IF_ERROR(engine_->CheckUsableAt(*gen_time));
    ENKRAT_ASSIGN_OR_RETURN(IssuedTimestamp issued, engine_->Make(order, *gen_time, unit_key));
    token_der = std::move(issued.token_der);
    return absl::OkStatus();
  });
  if (!made.ok() || token_der.empty()) return RejectionResponse(failure);
  return GrantedResponse(token_der);
}

void TimestampUnit::Withdraw() { withdrawn_ = true; }

absl::Status TimestampUnit::CheckNotWithdrawn() const {
  if (!withdrawn_) return absl::OkStatus();
  return MakeError(Reason::kTimestampUnavailable, "the unit's certificate was revoked");
}

const std::vector<Bytes>& TimestampUnit::chain_der() const { return engine_->unit().chain_der; }
const PublicKey& TimestampUnit::public_key() const { return engine_->unit().public_key; }
const Bytes& TimestampUnit::policy() const { return engine_->policy(); }
absl::Time TimestampUnit::usable_from() const { return engine_->unit().usable_from; }
absl::Time TimestampUnit::usable_until() const { return engine_->unit().usable_until; }

}  // namespace enkrat::tsa
