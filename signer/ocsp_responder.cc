#include "signer/ocsp_responder.h"

#include <algorithm>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::signer {
namespace {

// One entry for everybody who asks about the same certificates in the same words.
std::string NameOf(const ca::OcspRequest& request) {
  std::string name;
  for (const ca::OcspCertId& each : request.certificates) name += ToString(each.der);
  return name;
}

ca::OcspFailure FailureFor(const absl::Status& status) {
  switch (ReasonOf(status)) {
    case Reason::kRequestMalformed:
      return ca::OcspFailure::kMalformedRequest;
    case Reason::kOverloaded:
    case Reason::kRateLimited:
    case Reason::kDeadlineTooShort:
    case Reason::kHsmUnavailable:
      return ca::OcspFailure::kTryLater;
    default:
      return ca::OcspFailure::kInternalError;
  }
}

// Shorter than 16 and longer than 32 octets are ignored (RFC 9654 2.1).
std::optional<Bytes> AnsweredNonce(const ca::OcspRequest& request) {
  if (!request.nonce.has_value() || request.nonce->size() < ca::kLeastAnsweredNonce ||
      request.nonce->size() > ca::kMostAnsweredNonce) {
    return std::nullopt;
  }
  return request.nonce;
}

}  // namespace

absl::StatusOr<std::unique_ptr<OcspResponder>> OcspResponder::Create(Options options) {
  if (options.lifetime < absl::Seconds(2)) {
    return MakeError(Reason::kConfigurationInvalid, "OCSP answers that do not last");
  }
  std::vector<Desk> desks = std::move(options.desks);
  std::unique_ptr<OcspResponder> responder(new OcspResponder(std::move(options)));
  responder->SetDesks(std::move(desks));
  return responder;
}

void OcspResponder::SetDesks(std::vector<Desk> desks) {
  Posts posts;
  for (Desk& desk : desks) {
    ca::OcspIssuer issuer(desk.ca);
    posts.push_back(
        std::make_shared<const Post>(Post{.desk = std::move(desk), .issuer = std::move(issuer)}));
  }
  MutexLock lock(mutex_);
  posts_ = std::move(posts);
}

OcspResponder::Posts OcspResponder::AllPosts() const {
  MutexLock lock(mutex_);
  return posts_;
}

bool OcspResponder::HasDesk() const { return !AllPosts().empty(); }

// One signature speaks for one CA: certificates of others in the same request are unknown to it.
absl::StatusOr<OcspResponder::PostHandle> OcspResponder::PostFor(
    const ca::OcspRequest& request) const {
  const Posts posts = AllPosts();
  if (posts.empty()) return MakeError(Reason::kNotFound, "there is no OCSP responder");
  for (const ca::OcspCertId& asked : request.certificates) {
    for (const PostHandle& post : posts) {
      if (post->issuer.Issued(asked)) return post;
    }
  }
  return posts.front();
}

absl::Status OcspResponder::CheckUsable(const Post& post, const RevocationSnapshot& snapshot,
                                        absl::Time now) const {
  const auto forbid = [](absl::string_view what) {
    return MakeError(Reason::kCertificateStateForbids, what);
  };
  if (snapshot.Of(post.desk.responder.der).status == ca::CertificateStatus::kRevoked) {
    return forbid("the OCSP responder's certificate was revoked");
  }
  if (snapshot.Of(post.desk.ca.der).status == ca::CertificateStatus::kRevoked) {
    return forbid("the OCSP responder's CA was revoked");
  }
  if (now < post.desk.responder.not_before || now >= post.desk.responder.not_after) {
    return forbid("the OCSP responder's certificate is not valid now");
  }
  return absl::OkStatus();
}

absl::StatusOr<OcspResponder::Statement> OcspResponder::Sign(const Post& post,
                                                             const ca::OcspRequest& request,
                                                             const RevocationSnapshot& snapshot,
                                                             absl::Time deadline) const {
  const absl::Time now = options_.clock->Now();
  ENKRAT_RETURN_IF_ERROR(CheckUsable(post, snapshot, now));
  ca::OcspAnswer answer;
  answer.produced_at = absl::FromUnixSeconds(absl::ToUnixSeconds(now));
  answer.next_update =
      std::min(answer.produced_at + options_.lifetime, post.desk.responder.not_after);
  answer.archive_cutoff = post.desk.ca.not_before;
  answer.nonce = AnsweredNonce(request);
  for (const ca::OcspCertId& asked : request.certificates) {
    CertificateStanding standing;
    if (post.issuer.Issued(asked)) standing = snapshot.Of(post.desk.ca, asked.serial_number);
    answer.singles.push_back({.cert_id_der = asked.der,
                              .status = standing.status,
                              .revoked_at = standing.revoked_at,
                              .reason = standing.reason});
  }
  Statement statement = {.response_der = {},
                         .produced_at = answer.produced_at,
                         .next_update = answer.next_update,
                         .responder_der = post.desk.responder.der};
  ENKRAT_RETURN_IF_ERROR(post.desk.key->Lend(deadline, [&](SigningKey& key) -> absl::Status {
    ENKRAT_ASSIGN_OR_RETURN(statement.response_der,
                            ca::MakeOcspResponse(post.desk.responder, answer, key));
    return absl::OkStatus();
  }));
  return statement;
}

std::optional<OcspResponder::Statement> OcspResponder::FindKept(
    const std::string& name, const Post& post, const RevocationSnapshot& snapshot) {
  const absl::Time now = options_.clock->Now();
  MutexLock lock(mutex_);
  const auto found = kept_.find(name);
  if (found == kept_.end()) return std::nullopt;
  const Statement& statement = found->second.statement;
  const absl::Time stale =
      statement.produced_at + (statement.next_update - statement.produced_at) / 2;
  if (now < statement.produced_at || now >= stale || !found->second.snapshot.SameAs(snapshot) ||
      statement.responder_der != post.desk.responder.der) {
    kept_.erase(found);
    return std::nullopt;
  }
  return statement;
}

void OcspResponder::Keep(const std::string& name, Kept kept) {
  MutexLock lock(mutex_);
  if (kept_.size() >= options_.most_cached) kept_.clear();
  kept_.insert_or_assign(name, std::move(kept));
}

bool OcspResponder::IsOrdinary(const Post& post, const ca::OcspRequest& request,
                               const RevocationSnapshot& snapshot) const {
  if (request.certificates.size() != 1) return false;
  const ca::OcspCertId& asked = request.certificates.front();
  return post.issuer.Issued(asked) &&
         snapshot.Of(post.desk.ca, asked.serial_number).status != ca::CertificateStatus::kUnknown;
}

absl::Status OcspResponder::TakeToken(TokenBucket OcspResponder::*bucket) {
  MutexLock lock(mutex_);
  const std::optional<absl::Duration> wait =
      (this->*bucket)
          .Take(options_.burst, options_.signatures_per_second, options_.clock->SinceBoot());
  if (!wait.has_value()) return absl::OkStatus();
  return MakeError(Reason::kRateLimited, "too many OCSP requests");
}

absl::StatusOr<OcspResponder::Statement> OcspResponder::Serve(const ca::OcspRequest& request,
                                                              absl::Time deadline) {
  ENKRAT_ASSIGN_OR_RETURN(const RevocationSnapshot snapshot, options_.status->Now());
  ENKRAT_ASSIGN_OR_RETURN(const PostHandle post, PostFor(request));
  ENKRAT_RETURN_IF_ERROR(CheckUsable(*post, snapshot, options_.clock->Now()));
  // A nonce that is not answered does not make a request unlike others.
  if (AnsweredNonce(request).has_value() && TakeToken(&OcspResponder::nonce_tokens_).ok()) {
    return Sign(*post, request, snapshot, deadline);
  }
  // Whoever floods us with nonces does not keep others from an answer: without room for one of its
  // own, a request gets what is shared, without its nonce (RFC 9654 2.1 leaves that to the server).
  ca::OcspRequest plain = request;
  plain.nonce.reset();
  if (!IsOrdinary(*post, request, snapshot)) {
    ENKRAT_RETURN_IF_ERROR(TakeToken(&OcspResponder::stranger_tokens_));
    return Sign(*post, plain, snapshot, deadline);
  }
  const std::string name = NameOf(plain);
  if (std::optional<Statement> kept = FindKept(name, *post, snapshot)) return *std::move(kept);
  ENKRAT_RETURN_IF_ERROR(TakeToken(&OcspResponder::tokens_));
  ENKRAT_ASSIGN_OR_RETURN(Statement made, Sign(*post, plain, snapshot, deadline));
  Keep(name, {.statement = made, .snapshot = snapshot});
  return made;
}

OcspResponder::Reply OcspResponder::Answer(ByteSpan request_der, absl::Time deadline) {
  const absl::StatusOr<ca::OcspRequest> request = ca::ParseOcspRequest(request_der);
  absl::StatusOr<Statement> made = request.ok() ? Serve(*request, deadline) : request.status();
  if (!made.ok()) {
    return {.response_der = ca::EncodeOcspFailure(FailureFor(made.status())),
            .status = made.status()};
  }
  Reply reply = {.response_der = std::move(made->response_der), .status = absl::OkStatus()};
  if (!request->nonce.has_value()) {
    reply.produced_at = made->produced_at;
    reply.next_update = made->next_update;
  }
  return reply;
}

OcspResponder::PostHandle OcspResponder::PostOf(const ca::StatusIssuer& issuer) const {
  for (const PostHandle& post : AllPosts()) {
    if (post->desk.ca.der == issuer.der) return post;
  }
  return nullptr;
}

bool OcspResponder::AnswersFor(const ca::StatusIssuer& issuer) const {
  return PostOf(issuer) != nullptr;
}

absl::StatusOr<OcspResponder::Statement> OcspResponder::State(
    const ca::StatusIssuer& issuer, const std::vector<Bytes>& serial_numbers, absl::Time deadline) {
  const PostHandle post = PostOf(issuer);
  if (post == nullptr) return MakeError(Reason::kNotFound, "no OCSP responder for this CA");
  ca::OcspRequest request;
  for (const Bytes& serial_number : serial_numbers) {
    // SHA-1, as in RFC 5019 2.1.1: it only tells which certificate is meant, and Java finds a
    // stored response by nothing else.
    ca::OcspCertId id;
    id.hash = ca::CertIdHash::kSha1;
    id.der = ca::EncodeOcspCertId(issuer, serial_number, id.hash);
    id.issuer_name_hash = ca::Sha1(issuer.subject_der);
    id.issuer_key_hash = ca::Sha1(issuer.key_octets);
    id.serial_number = serial_number;
    request.certificates.push_back(std::move(id));
  }
  ENKRAT_ASSIGN_OR_RETURN(const RevocationSnapshot snapshot, options_.status->Now());
  return Sign(*post, request, snapshot, deadline);
}

absl::Status OcspResponder::Usable() {
  const Posts posts = AllPosts();
  if (posts.empty()) return MakeError(Reason::kNotFound, "there is no OCSP responder");
  ENKRAT_ASSIGN_OR_RETURN(const RevocationSnapshot snapshot, options_.status->Now());
  return CheckUsable(*posts.front(), snapshot, options_.clock->Now());
}

}  // namespace enkrat::signer
