// Tokens in words, for verdicts and explanations.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/evidence/tokens/corim.h"
#include "daymark/evidence/tokens/ear_reader.h"
#include "daymark/evidence/tokens/eat_claims.h"
#include "daymark/evidence/tokens/eat_psa.h"
#include "daymark/evidence/verdict.h"

namespace daymark::evidence {

/// Without white space at both ends.
[[nodiscard]] std::string_view trimmed_text(ByteView content);

[[nodiscard]] std::string base64url_of(ByteView bytes);

void add_facts(const EatClaims& claims, std::vector<Fact>& out);
void add_facts(const PsaToken& token, std::vector<Fact>& out);
void add_facts(const Corim& corim, std::vector<Fact>& out);
void add_facts(const Ear& ear, std::vector<Fact>& out);

}  // namespace daymark::evidence
