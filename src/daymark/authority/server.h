// `daymark authority serve`: the process around an Authority. Host only.
#pragma once

#include <cstdint>
#include <string>

#include "daymark/authority/rate_limiter.h"
#include "daymark/authority/retry_loop.h"
#include "daymark/base/failure.h"
#include "daymark/base/time.h"
#include "daymark/net/tls.h"

namespace daymark::authority {

struct ServerOptions {
  std::string folder;        ///< database, log and grants; made where it is missing
  std::string charter_file;  ///< the fleet's first charter; amendments come from the log
  std::string log_key_file;  ///< the log's signing key (0600); its name is the origin
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  bool allow_public = false;
  net::TlsIdentity tls;             ///< empty: plain HTTP
  bool insecure_cleartext = false;  ///< whether it may be plain HTTP beyond loopback
  RetryPace retry;                  ///< of orders that too few witnesses cosigned
  RateLimit rate;                   ///< of each credential
  Millis peer_check = seconds(10);  ///< real time between two looks at witnesses and mirrors
};

/// Serves until SIGINT or SIGTERM, and tries again in the background what is accepted and not
/// public. Prints one line with its URL when it is ready, and on stderr what stays unpublished.
/// Errors: those of the files, the store and the log, errc::log_behind and errc::log_forked where
/// its folder is not as new as a head that somebody cosigned, errc::log_missing where the folder
/// was started before and its log is gone, errc::secret_exposed where others may read the grants,
/// errc::note_vkey where the key isn't the charter's log
/// key, errc::net_cleartext where it would listen beyond loopback without TLS.
[[nodiscard]] Outcome<void> run_authority(const ServerOptions& options, Clock& clock);

}  // namespace daymark::authority
