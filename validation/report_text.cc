// The report for people: who signed what, when, and why it is believed or not.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/time_text.h"
#include "validation/report.h"
#include "validation/report_words.h"

namespace enkrat::validation {
namespace {

constexpr size_t kColumns = 100;

// `text` after `head`, broken at spaces; further lines are indented to its end. What a stranger
// wrote without any space is cut hard.
void AppendLines(std::string& out, const std::string& head, const std::string& text) {
  std::string line = head;
  bool empty = true;
  const auto flush = [&] {
    absl::StrAppend(&out, line, "\n");
    line.assign(head.size(), ' ');
    empty = true;
  };
  for (std::string word : std::vector<std::string>(absl::StrSplit(text, ' ', absl::SkipEmpty()))) {
    if (!empty && line.size() + 1 + word.size() > kColumns) flush();
    while (line.size() + word.size() > kColumns) {
      size_t piece = kColumns - line.size();
      while (piece > 1 && (static_cast<unsigned char>(word[piece]) & 0xc0) == 0x80) --piece;
      line += word.substr(0, piece);
      word.erase(0, piece);
      flush();
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
  }
  if (!empty || text.empty()) flush();
}

void Field(std::string& out, absl::string_view name, const std::string& text) {
  if (!text.empty()) AppendLines(out, absl::StrFormat("  %-13s ", name), text);
}

std::string Said(const Conclusion& conclusion) {
  const absl::string_view sub = SubIndicationName(conclusion.sub_indication);
  return absl::StrCat(IndicationName(conclusion.indication), sub.empty() ? "" : "/", sub);
}

// A name of a stranger's, such as of a form field: without what would break the report's lines.
std::string Plain(const std::string& text) {
  std::string plain;
  for (const char c : text) plain += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return plain;
}

absl::string_view Mark(Check::Result result) {
  switch (result) {
    case Check::Result::kPassed:
      return "ok";
    case Check::Result::kFailed:
      return "FAIL";
    case Check::Result::kWarning:
      return "warn";
    case Check::Result::kNotApplicable:
      return "-";
  }
  return "";
}

void AppendChecks(std::string& out, const std::vector<Check>& checks, bool verbose,
                  absl::string_view indent) {
  for (const Check& check : checks) {
    const bool notable =
        check.result == Check::Result::kFailed || check.result == Check::Result::kWarning;
    if (!verbose && !notable) continue;
    AppendLines(out, absl::StrFormat("%s%-4s  %-22s ", indent, Mark(check.result), check.name),
                Plain(check.detail));
  }
}

void AppendChain(std::string& out, const std::vector<ChainElement>& chain,
                 absl::string_view indent) {
  for (const ChainElement& element : chain) {
    std::string text = absl::StrCat(
        Plain(element.subject), " (", TimeTextOfSecond(element.not_before), " to ",
        TimeTextOfSecond(element.not_after), "), ",
        element.trust_anchor ? "trust anchor"
                             : absl::StrCat("revocation ", RevocationName(element.revocation)));
    if (!element.trust_anchor && !element.revocation_source.empty()) {
      absl::StrAppend(&text, ": ", element.revocation_source);
    }
    AppendLines(out, absl::StrCat(indent, "certificate "), text);
  }
}

void AppendTimestamp(std::string& out, const TimestampReport& timestamp, bool verbose) {
  std::string text =
      absl::StrCat(TimestampKindName(timestamp.kind), " ",
                   timestamp.gen_time == absl::Time() ? std::string("at an unknown time")
                                                      : TimeTextOfSecond(timestamp.gen_time),
                   " ", Said(timestamp.conclusion));
  if (timestamp.qualified_by_list) {
    absl::StrAppend(&text, ", qualified");
  } else if (timestamp.qualified_claim) {
    absl::StrAppend(&text, ", says that it is qualified");
  }
  Field(out, "timestamp", text);
  if (!verbose && timestamp.conclusion.passed()) return;
  AppendChecks(out, timestamp.checks, verbose, "    ");
  if (verbose) AppendChain(out, timestamp.chain, "    ");
}

std::string QualificationText(const QualificationReport& qualification) {
  std::string text = qualification.determination;
  if (qualification.qc_compliance) {
    absl::StrAppend(&text, "; the certificate claims to be qualified");
    if (!qualification.qc_type.empty()) {
      absl::StrAppend(&text, " (", qualification.qc_type, ")");
    }
    if (qualification.qc_sscd) absl::StrAppend(&text, ", on a qualified device");
  }
  return text;
}

// Where a timestamp could settle the matter and there is one, what that one lacks.
std::string Advice(const SignatureReport& signature) {
  if (signature.conclusion.indication != Indication::kIndeterminate) return "";
  for (const TimestampReport& timestamp : signature.timestamps) {
    const Conclusion& said = timestamp.conclusion;
    const absl::string_view advice = AdviceFor(said.sub_indication);
    if (said.indication == Indication::kIndeterminate && !advice.empty() &&
        signature.conclusion.sub_indication != SubIndication::kSignedDataNotFound) {
      return absl::StrCat("for the timestamp: ", advice);
    }
  }
  return std::string(AdviceFor(signature.conclusion.sub_indication));
}

void AppendSignature(std::string& out, const SignatureReport& signature, bool verbose) {
  absl::StrAppend(&out, Plain(signature.id), ": ", Said(signature.conclusion), "\n");
  Field(out, "format",
        absl::StrCat(signature.format, signature.level.empty() ? "" : " ", signature.level));
  Field(out, "signer", Plain(signature.signer_name));
  Field(out, "covers", signature.covers);
  for (const std::string& file : signature.covered_files) Field(out, "file", Plain(file));
  if (signature.claimed_signing_time.has_value()) {
    Field(out, "claimed time", TimeTextOfSecond(*signature.claimed_signing_time));
  }
  if (signature.proven_at != absl::Time()) {
    Field(out, "existed at",
          absl::StrCat(TimeTextOfSecond(signature.proven_at),
                       signature.proven_by_timestamp ? ", by timestamp"
                                                     : ", by nothing but this validation"));
  }
  for (const TimestampReport& timestamp : signature.timestamps) {
    AppendTimestamp(out, timestamp, verbose);
  }
  for (const std::string& change : signature.changes_after) {
    Field(out, "changed later", Plain(change));
  }
  Field(out, "identified", signature.qualification.level_of_assurance);
  if (signature.format != "RFC 3161") {
    Field(out, "qualified", QualificationText(signature.qualification));
  }
  AppendChecks(out, signature.checks, verbose, "  ");
  if (verbose) AppendChain(out, signature.chain, "  ");
  Field(out, "would help", Advice(signature));
}

}  // namespace

std::string ToText(const Report& report, bool verbose) {
  std::string out = absl::StrCat(report.document_format, ", ", report.signatures.size(),
                                 report.signatures.size() == 1 ? " signature" : " signatures",
                                 ", validated as of ", TimeTextOfSecond(report.validated_at), "\n");
  for (const SignatureReport& signature : report.signatures) {
    AppendSignature(out, signature, verbose);
  }
  for (const std::string& warning : report.warnings) {
    AppendLines(out, "warning: ", Plain(warning));
  }
  absl::StrAppend(&out, Said(report.conclusion), "\n");
  return out;
}

}  // namespace enkrat::validation
