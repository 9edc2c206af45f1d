#include "daymark/authority/error_status.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "daymark/authority/errors.h"
#include "daymark/base/error_table.h"
#include "daymark/base/errors.h"
#include "daymark/net/errors.h"
#include "daymark/order/errors.h"
#include "daymark/store/errors.h"
#include "daymark/tlog/errors.h"

namespace daymark::authority {

namespace {

constexpr auto statuses = std::to_array<StatusEntry>({
    {errc::authority_credential_missing, 401},
    {errc::authority_credential_unknown, 401},
    {errc::authority_unprovisioned, 401},
    {errc::authority_not_found, 404},
    {errc::authority_chip_unknown, 404},
    {errc::authority_method, 405},
    {errc::authority_stream_taken, 409},
    {errc::order_stream, 409},
    {errc::authority_document_old, 409},
    {errc::authority_body_large, 413},
    {errc::authority_rate, 429},
    {errc::internal, 500},
    {errc::secret_exposed, 503},
    {errc::file_not_opened, 503},
    {errc::file_not_read, 503},
    {errc::file_not_written, 503},
    {errc::proof_quorum, 503},
    {errc::proof_mirrors, 503},
    {errc::authority_busy, 503},
    {errc::authority_not_cosigned, 503},
    {errc::authority_grants_malformed, 503},
    {errc::authority_leaves_damaged, 503},
    {errc::authority_requests_damaged, 503},
    {errc::net_witness_ahead, 503},
    {errc::log_behind, 503},
    {errc::log_forked, 503},
});

}  // namespace

std::span<const StatusEntry> status_table() {
  return statuses;
}

unsigned status_of(Errc code) {
  const auto found = std::ranges::find(statuses, code, &StatusEntry::code);
  if (found != statuses.end()) return found->status;
  // Form errors of base and cbor have the numbers below 400; all else is a rule that said no.
  const auto number = static_cast<unsigned>(code);
  const auto stored = static_cast<unsigned>(errc::store_not_opened);
  if (number >= stored && number < stored + 100) return 503;
  return number < 400 ? 400 : 403;
}

net::HttpResponse error_response(const Failure& failure) {
  const ErrorEntry& entry = entry_of(failure.error.code);
  const nlohmann::ordered_json document{{"error",
                                         {{"code", static_cast<unsigned>(failure.error.code)},
                                          {"name", entry.name},
                                          {"text", describe(failure)}}}};
  // The subject may be a path with bytes that are no UTF-8: shown as replaced.
  const auto text = document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  net::HttpResponse out = net::json_response(status_of(failure.error.code), text);
  // RFC 9110 §11.6.1: a 401 names the scheme that would be taken.
  if (out.status == 401) out.headers.push_back({"WWW-Authenticate", "Bearer realm=\"daymark\""});
  return out;
}

}  // namespace daymark::authority
