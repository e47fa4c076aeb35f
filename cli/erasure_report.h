// What an erasure did, session by session, for people and for programs.
#ifndef ENKRAT_CLI_ERASURE_REPORT_H_
#define ENKRAT_CLI_ERASURE_REPORT_H_

#include <string>
#include <vector>

#include "enkrat/v1/operator_service.pb.h"

namespace enkrat::cli {

// Collects the pages of one command. Not thread-safe.
class ErasureReport {
 public:
  void Add(const v1::ErasedSession& session) { sessions_.push_back(session); }
  // Of each page: whether the octets are gone from the ledger's files already.
  void NoteWiped(bool wiped) { wiped_ = wiped_ && wiped; }
  // The law that keeps what is kept.
  void SetKeptUnder(const std::string& law) { kept_under_ = law; }

  std::string AsText() const;
  std::string AsJson() const;

 private:
  std::vector<v1::ErasedSession> sessions_;
  bool wiped_ = true;
  std::string kept_under_;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_ERASURE_REPORT_H_
