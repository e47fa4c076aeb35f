// Answers OCSP requests from the certificate register of now (RFC 6960, RFC 9654).
#ifndef ENKRAT_SIGNER_OCSP_RESPONDER_H_
#define ENKRAT_SIGNER_OCSP_RESPONDER_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ca/ocsp_request.h"
#include "ca/ocsp_response.h"
#include "ca/status_issuer.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "signer/key_lender.h"
#include "signer/revocation_status.h"
#include "signer/token_bucket.h"

namespace enkrat::signer {

// Thread-safe.
class OcspResponder {
 public:
  // A CA, and who answers for it: a responder whose certificate that CA issued (RFC 6960 4.2.2.2).
  struct Desk {
    ca::StatusIssuer ca;
    ca::StatusIssuer responder;
    std::shared_ptr<KeyLender> key;  // the responder's
  };
  struct Options {
    std::vector<Desk> desks = {};              // as SetDesks takes them
    RevocationStatus* status = nullptr;        // not owned
    absl::Duration lifetime = absl::Hours(1);  // thisUpdate to nextUpdate
    const Clock* clock = nullptr;              // not owned
    // Of each: with nonces, without, and about what we do not know or several at once. More are
    // answered without their nonce, or told to try later. What is cached does not count.
    double signatures_per_second = 50;
    double burst = 100;
    size_t most_cached = 256;
  };

  // kConfigurationInvalid for answers that would not last.
  static absl::StatusOr<std::unique_ptr<OcspResponder>> Create(Options options);

  // From now on these answer, the first also for CAs that are not ours; a call that is under way
  // ends with those that it began with. Without one, nobody answers.
  void SetDesks(std::vector<Desk> desks) ABSL_LOCKS_EXCLUDED(mutex_);
  bool HasDesk() const ABSL_LOCKS_EXCLUDED(mutex_);

  struct Reply {
    Bytes response_der;   // an OCSPResponse in any case
    absl::Status status;  // OK if it holds statuses; why not, for the log
    // Of an answer that others may keep (RFC 5019 6): both InfinitePast for others.
    absl::Time produced_at = absl::InfinitePast();
    absl::Time next_update = absl::InfinitePast();
  };
  // For any octets. An answer to a request without a nonce may be up to half the lifetime old, but
  // never older than the register. Failures: malformedRequest; tryLater while there is no room or
  // no HSM; internalError once the responder's own certificate, or its CA's, was revoked or ended,
  // the register cannot be read, or there is no desk.
  Reply Answer(ByteSpan request_der, absl::Time deadline) ABSL_LOCKS_EXCLUDED(mutex_);

  struct Statement {
    Bytes response_der;
    absl::Time produced_at;  // whole seconds
    absl::Time next_update;
    Bytes responder_der;  // certificate of who signed it
  };
  // About at most kMaxOcspCertIds certificates of one of the CAs, for ourselves: made now, not
  // counted, whatever the statuses are. kNotFound if no desk answers for that CA;
  // kCertificateStateForbids; the key's and the register's errors.
  absl::StatusOr<Statement> State(const ca::StatusIssuer& issuer,
                                  const std::vector<Bytes>& serial_numbers, absl::Time deadline);
  bool AnswersFor(const ca::StatusIssuer& issuer) const ABSL_LOCKS_EXCLUDED(mutex_);

  // kCertificateStateForbids when nothing can be answered before a new responder's certificate;
  // kNotFound without a desk.
  absl::Status Usable() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Post {
    Desk desk;
    ca::OcspIssuer issuer;
  };
  // Stays for as long as it is held, whatever is set meanwhile.
  using Posts = std::vector<std::shared_ptr<const Post>>;
  using PostHandle = std::shared_ptr<const Post>;
  struct Kept {
    Statement statement;
    RevocationSnapshot snapshot;
  };
  explicit OcspResponder(Options options) : options_(std::move(options)) {}

  Posts AllPosts() const ABSL_LOCKS_EXCLUDED(mutex_);
  // Null if nobody answers for that CA.
  PostHandle PostOf(const ca::StatusIssuer& issuer) const ABSL_LOCKS_EXCLUDED(mutex_);
  absl::StatusOr<PostHandle> PostFor(const ca::OcspRequest& request) const
      ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status CheckUsable(const Post& post, const RevocationSnapshot& snapshot,
                           absl::Time now) const;
  absl::StatusOr<Statement> Sign(const Post& post, const ca::OcspRequest& request,
                                 const RevocationSnapshot& snapshot, absl::Time deadline) const;
  // What this responder said before.
  std::optional<Statement> FindKept(const std::string& name, const Post& post,
                                    const RevocationSnapshot& snapshot) ABSL_LOCKS_EXCLUDED(mutex_);
  void Keep(const std::string& name, Kept kept) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status TakeToken(TokenBucket OcspResponder::*bucket) ABSL_LOCKS_EXCLUDED(mutex_);
  // About one certificate that is in the register: there are few such requests, so that each may
  // be answered from the cache, and nobody makes up so many that the others are kept out.
  bool IsOrdinary(const Post& post, const ca::OcspRequest& request,
                  const RevocationSnapshot& snapshot) const;
  absl::StatusOr<Statement> Serve(const ca::OcspRequest& request, absl::Time deadline);

  const Options options_;
  mutable Mutex mutex_;
  Posts posts_ ABSL_GUARDED_BY(mutex_);
  TokenBucket tokens_ ABSL_GUARDED_BY(mutex_);
  TokenBucket nonce_tokens_ ABSL_GUARDED_BY(mutex_);
  TokenBucket stranger_tokens_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Kept> kept_ ABSL_GUARDED_BY(mutex_);  // by the CertIDs
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_OCSP_RESPONDER_H_
