#include "daymark/net/witness_client.h"

#include <algorithm>

#include <fmt/format.h>

#include "daymark/net/errors.h"
#include "daymark/net/url.h"
#include "daymark/tlog/checkpoint.h"
#include "daymark/tlog/witness.h"

namespace daymark::net {

namespace {

/// One request from `older`, whatever the answer.
Outcome<HttpResponse> ask(const std::string& url, const CosignatureRequest& request,
                          const tlog::TreeHead& head, TreeSize older, const HttpLimits& limits) {
  std::vector<Digest> path;
  if (older.value > 0 && older < head.size) {
    DAYMARK_TRY(path, about(request.consistency(older, head.size), url));
  }
  const std::string body = tlog::make_add_checkpoint(older, path, request.checkpoint);
  return http_post(url, {body, "text/plain; charset=utf-8"}, limits);
}

bool is_size(const HttpResponse& response) {
  return response.status == 409 && response.content_type == "text/x.tlog.size";
}

/// The status and, where the witness says why, the first line of it.
std::string words_of(const HttpResponse& response) {
  const std::string line =
      response.body.substr(0, std::min<std::size_t>(response.body.find('\n'), 100));
  return fmt::format("status {}{}{}", response.status, line.empty() ? "" : ": ", line);
}

}  // namespace

Outcome<std::string> request_cosignature(const WitnessPeer& witness,
                                         const CosignatureRequest& request,
                                         const HttpLimits& limits) {
  const std::string url = join_url(witness.url, "add-checkpoint");
  DAYMARK_TRY(const tlog::VerifierKey key, about(tlog::parse_vkey(witness.vkey), url));
  DAYMARK_TRY(const tlog::Checkpoint checkpoint,
              about(tlog::parse_checkpoint(request.checkpoint), url));
  const TreeSize known = std::min(request.known_size, checkpoint.head.size);
  DAYMARK_TRY(HttpResponse answer, ask(url, request, checkpoint.head, known, limits));
  if (is_size(answer)) {
    DAYMARK_TRY(const TreeSize told, about(tlog::parse_witness_size(answer.body), url));
    if (told > checkpoint.head.size) {
      return refuse(errc::net_witness_ahead, url, fmt::format("it cosigned {}", told.value));
    }
    DAYMARK_TRY(answer, ask(url, request, checkpoint.head, told, limits));
  }
  if (answer.status != 200) {
    return refuse(errc::net_witness_refused, url, words_of(answer));
  }
  return about(tlog::accept_cosignatures(request.checkpoint, answer.body, key), url);
}

std::string_view added_signatures(std::string_view checkpoint, std::string_view cosigned) {
  if (!cosigned.starts_with(checkpoint)) return {};
  cosigned.remove_prefix(checkpoint.size());
  return cosigned;
}

}  // namespace daymark::net
