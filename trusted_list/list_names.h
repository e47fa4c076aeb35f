// The names of trusted lists that we read (TS 119 612 annex C).
#ifndef ENKRAT_TRUSTED_LIST_LIST_NAMES_H_
#define ENKRAT_TRUSTED_LIST_LIST_NAMES_H_

namespace enkrat::trusted_list {

inline constexpr char kListNamespace[] = "http://uri.etsi.org/02231/v2#";
inline constexpr char kAdditionalNamespace[] = "http://uri.etsi.org/02231/v2/additionaltypes#";
inline constexpr char kQualificationNamespace[] =
    "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#";
inline constexpr char kXadesNamespace[] = "http://uri.etsi.org/01903/v1.3.2#";
inline constexpr char kListTag[] = "http://uri.etsi.org/19612/TSLTag";

}  // namespace enkrat::trusted_list

#endif  // ENKRAT_TRUSTED_LIST_LIST_NAMES_H_
