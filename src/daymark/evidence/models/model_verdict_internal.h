// How verdicts on models are put together.
#pragma once

#include <vector>

#include "daymark/evidence/models/model_signing.h"

namespace daymark::evidence {

/// The statement's resources in the order of names, which must be those of `files`, in that order.
/// Errors: errc::model_missing, errc::model_unlisted; the subject is the name.
[[nodiscard]] Outcome<std::vector<ModelResource>> matched_resources(
    const std::vector<ModelFile>& files, const ModelStatement& statement);

[[nodiscard]] ModelVerdict refused_model(Error reason);

/// `bytes`: what the files hold in all, or which of them broke the statement.
[[nodiscard]] ModelVerdict conclude_model(const VerifiedStatement& verified,
                                          const ModelTrust& trust,
                                          const Outcome<std::uint64_t>& bytes);

}  // namespace daymark::evidence
