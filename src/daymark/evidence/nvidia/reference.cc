#include "daymark/evidence/nvidia/reference.h"

#include <algorithm>

#include "daymark/evidence/errors.h"

namespace daymark::evidence {

namespace {

char lower_letter(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_version(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower_letter, lower_letter);
}

/// That the file is the one that is wanted.
Result<void> check_fits(const VerifiedRim& rim, const ReferenceNeed& need, UnixMillis as_of) {
  if (rim.kind() != need.kind) return fail(errc::rim_missing);
  if (rim.content().product != need.product) return fail(errc::rim_product);
  if (!same_version(rim.content().version, need.version)) return fail(errc::rim_version);
  return rim.check_valid_at(as_of);
}

/// How much an error says about why there is no file for the part.
int telling(Errc code) {
  if (code == errc::rim_missing) return 0;
  if (code == errc::rim_version) return 1;
  if (code == errc::rim_product) return 2;
  return code == errc::rim_expired || code == errc::rim_not_yet_valid ? 3 : 4;
}

}  // namespace

Result<const ReferenceFile*> choose_reference(std::span<const ReferenceFile> files,
                                              const ReferenceNeed& need, UnixMillis as_of) {
  const ReferenceFile* found = nullptr;
  Error why{errc::rim_missing, no_field, 0};
  for (const ReferenceFile& file : files) {
    const Result<void> fits =
        file.rim ? check_fits(*file.rim, need, as_of) : Result<void>(fail(file.rim.error()));
    if (!fits) {
      if (telling(fits.error().code) > telling(why.code)) why = fits.error();
      continue;
    }
    if (found != nullptr && !std::ranges::equal(found->rim->golden(), file.rim->golden())) {
      return fail(errc::rim_ambiguous);
    }
    if (found == nullptr) found = &file;
  }
  if (found == nullptr) return fail(why);
  return found;
}

}  // namespace daymark::evidence
