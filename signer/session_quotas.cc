#include "signer/session_quotas.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "common/digest.h"
#include "signer/canonical_octets.h"
#include "signer/certificate_subject.h"

namespace enkrat::signer {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

Bytes Hmac(const Secret& key, ByteSpan message) {
  const ByteSpan octets = key.Reveal();
  Bytes mac(32);
  unsigned int size = 0;
  HMAC(EVP_sha256(), octets.data(), static_cast<int>(octets.size()), message.data(), message.size(),
       mac.data(), &size);
  return mac;
}

}  // namespace

absl::Time QuotaWindowStart(absl::Time now) {
  return absl::UnixEpoch() + absl::Floor(now - absl::UnixEpoch(), kDay);
}

absl::Time QuotaWindowEnd(absl::Time now) { return QuotaWindowStart(now) + kDay; }

std::vector<store::Quota> SessionQuotas(const Admission& admission,
                                        const idp_client::VerifiedIdentity& identity,
                                        const Secret& key, absl::Time now) {
  std::vector<store::Quota> quotas;
  const RelyingParty& party = *admission.relying_party;
  if (party.sessions_per_day > 0) {
    CanonicalOctets octets("enkrat/quota/relying-party/v1");
    octets.Item(absl::string_view(party.id));
    quotas.push_back({.key = ToBytes(Sha256(octets.octets())),
                      .window_start = QuotaWindowStart(now),
                      .limit = party.sessions_per_day});
  }
  if (admission.policy->sessions_per_person_per_day > 0) {
    CanonicalOctets octets("enkrat/quota/person/v1");
    octets.Item(ByteSpan(PersonOctets(identity, party.id)));
    octets.Item(LevelName(admission.request.intent.level));
    octets.Item(KindName(admission.request.intent.kind));
    quotas.push_back({.key = Hmac(key, octets.octets()),
                      .window_start = QuotaWindowStart(now),
                      .limit = admission.policy->sessions_per_person_per_day});
  }
  return quotas;
}

}  // namespace enkrat::signer
