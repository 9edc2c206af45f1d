// Asks a witness or mirror to cosign a checkpoint (C2SP tlog-witness) over HTTP. Host only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/net/http_client.h"
#include "daymark/tlog/merkle.h"

namespace daymark::net {

/// One witness: where it takes requests and what its cosignatures verify with.
struct WitnessPeer {
  std::string url;   ///< the submission prefix; "/add-checkpoint" is appended
  std::string vkey;  ///< of type 04
};

/// The consistency path from `older` to `newer`; called with older > 0 only.
using ConsistencySource =
    std::function<Result<std::vector<Digest>>(TreeSize older, TreeSize newer)>;

/// What the witness is asked to cosign.
struct CosignatureRequest {
  std::string_view checkpoint;  ///< signed by the log
  TreeSize known_size;  ///< what the witness is thought to have cosigned last; 0 where unknown
  ConsistencySource consistency;
};

/// The checkpoint with the witness's verified cosignatures appended. A wrong `known_size` costs one
/// more request: the witness tells the right one. Blocks; safe from several threads.
/// Errors (subject: the URL): errc::net_witness_refused with the status as detail,
/// errc::net_witness_ahead where it cosigned a larger tree (of this log, or of a second history),
/// those of http_post, of accept_cosignatures, of parse_vkey and of `consistency`.
[[nodiscard]] Outcome<std::string> request_cosignature(const WitnessPeer& witness,
                                                       const CosignatureRequest& request,
                                                       const HttpLimits& limits = {});

/// The signature lines that `cosigned` has beyond `checkpoint`: for merging several witnesses' into
/// one checkpoint.
[[nodiscard]] std::string_view added_signatures(std::string_view checkpoint,
                                                std::string_view cosigned);

}  // namespace daymark::net
