// Names for the files of a session whose documents are known by their labels only.
#ifndef ENKRAT_CLI_DOCUMENT_NAMES_H_
#define ENKRAT_CLI_DOCUMENT_NAMES_H_

#include <string>
#include <vector>

namespace enkrat::cli {

// One name a label, all different, none of them a path: what follows the last slash or backslash,
// without leading dots and control characters, at most 200 octets; "document" if nothing is left;
// the second of two equal names gets "-2". A label comes from whoever asked for the signature, so
// it must never choose the folder that is written to.
std::vector<std::string> DocumentNames(const std::vector<std::string>& labels);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_DOCUMENT_NAMES_H_
