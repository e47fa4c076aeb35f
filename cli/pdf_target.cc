// Signed copies of PDFs: prepared and completed here, so that only digests leave this machine; or
// by the service, which then gets the document.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cli/draft_file.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "cli/pdf_arguments.h"
#include "cli/pdf_completion.h"
#include "cli/progress.h"
#include "cli/service_timestamp.h"
#include "cli/signing_target.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/certificate_service.pb.h"
#include "enkrat/v1/signing_service.pb.h"
#include "signer/pdf_job.h"

namespace enkrat::cli {
namespace {

std::vector<Bytes> Octets(const google::protobuf::RepeatedPtrField<std::string>& from) {
  std::vector<Bytes> to;
  for (const std::string& octets : from) to.push_back(ToBytes(absl::string_view(octets)));
  return to;
}

// Room for a CMS of this service: both chains, attributes, names and an RSA signature twice over.
absl::StatusOr<size_t> CmsOctets(Client& client) {
  v1::GetChainResponse chains;
  ENKRAT_RETURN_IF_ERROR(client.GetChain({}, &chains));
  size_t octets = size_t{6} * 1024;
  if (chains.timestamping_chain().empty())
    octets += size_t{10} * 1024;  // an outside TSA's is not known
  for (const std::string& certificate : chains.chain()) octets += certificate.size();
  for (const std::string& certificate : chains.timestamping_chain()) octets += certificate.size();
  return octets;
}

class PdfTarget final : public SigningTarget {
 public:
  explicit PdfTarget(TargetOptions options) : options_(std::move(options)) {}

  absl::Status Prepare() {
    const absl::Time now = absl::Now();
    pades::SignatureOptions pdf = options_.pdf;
    pdf.signing_time = now;
    pdf.digest_algorithm = options_.digest;
    ENKRAT_RETURN_IF_ERROR(FillText(now, pdf));
    for (size_t i = 0; i < options_.files.size(); ++i) {
      DraftFile draft(options_.plan.documents[i].pdf);
      ENKRAT_RETURN_IF_ERROR(draft.CopyFrom(options_.files[i]));
      absl::StatusOr<pades::SignatureUpdate> update = pades::PrepareSignature(draft.part(), pdf);
      if (!update.ok()) return WithContext(update.status(), options_.files[i]);
      drafts_.push_back(std::move(draft));
      updates_.push_back(*std::move(update));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Bytes> DigestOf(size_t index, DigestAlgorithm) override {
    return ToBytes(updates_[index].digest());
  }

  absl::Status Write(Client& client, const v1::SignResponse& response) override {
    const ValidationData data = {
        .certificates_der = Octets(response.validation_data().certificates()),
        .crls_der = Octets(response.validation_data().crls()),
        .ocsp_responses_der = Octets(response.validation_data().ocsp_responses())};
    for (size_t i = 0; i < drafts_.size(); ++i) {
      const std::string& cms = response.signatures(static_cast<int>(i)).signature();
      ENKRAT_RETURN_IF_ERROR(pades::FinishPdf(
          drafts_[i].part(), updates_[i], AsSpan(absl::string_view(cms)),
          {.level = signer::PadesLevelOf(options_.format),
           .validation_data = &data,
           .timestamp =
               [&client](DigestAlgorithm algorithm, ByteSpan digest) {
                 return ServiceTimestamp(client, algorithm, digest);
               },
           .document_timestamp = {.digest_algorithm = options_.digest,
                                  .contents_octets = options_.pdf.contents_octets}}));
      ENKRAT_RETURN_IF_ERROR(drafts_[i].Keep(options_.force));
    }
    return absl::OkStatus();
  }

 private:
  const TargetOptions options_;
  std::vector<DraftFile> drafts_;
  std::vector<pades::SignatureUpdate> updates_;
};

class UploadTarget final : public SigningTarget {
 public:
  UploadTarget(TargetOptions options, const Context& context)
      : options_(std::move(options)),
        context_(context),
        draft_(options_.plan.documents.front().pdf) {}

  absl::StatusOr<Bytes> DigestOf(size_t index, DigestAlgorithm algorithm) override {
    return DigestFile(options_.files[index], algorithm);
  }

  absl::Status Send(Client& client, const v1::SignRequest& request,
                    v1::SignResponse* response) override {
    v1::SignPdfHeader header;
    *header.mutable_request() = request;
    ToMessage(options_.pdf, header.mutable_options());
    // Only what is new comes back, so that it is this document that gets signed and no other.
    header.set_appended_only(true);
    ENKRAT_RETURN_IF_ERROR(draft_.CopyFrom(options_.files.front()));
    Progress progress(context_, absl::StrCat("sending ", options_.files.front()));
    return client.SignPdf(
        header, draft_.part(), [](absl::string_view) {}, response);
  }

  absl::Status Write(Client&, const v1::SignResponse& response) override {
    ENKRAT_RETURN_IF_ERROR(CompletePdf(draft_.part(), response.signatures(0)));
    return draft_.Keep(options_.force);
  }

 private:
  const TargetOptions options_;
  const Context& context_;
  DraftFile draft_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SigningTarget>> MakePdfTarget(TargetOptions options,
                                                             Client& client) {
  ENKRAT_ASSIGN_OR_RETURN(options.pdf.contents_octets, CmsOctets(client));
  auto target = std::make_unique<PdfTarget>(std::move(options));
  ENKRAT_RETURN_IF_ERROR(target->Prepare());
  return target;
}

std::unique_ptr<SigningTarget> MakeUploadTarget(TargetOptions options, const Context& context) {
  return std::make_unique<UploadTarget>(std::move(options), context);
}

}  // namespace enkrat::cli
