// The address of a local socket.
#pragma once

#include <string>

#include <sys/socket.h>
#include <sys/un.h>

#include "daymark/base/failure.h"
#include "daymark/net/descriptor.h"

namespace daymark::net {

/// Errors: errc::net_path_too_long; also for an empty path, which would mean an unnamed socket.
[[nodiscard]] Outcome<sockaddr_un> unix_address(const std::string& path);

/// The form in which the socket calls take it.
inline const sockaddr* plain(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// A connected stream socket that does not block, or a closed descriptor with errno set.
[[nodiscard]] Descriptor connect_unix(const sockaddr_un& address);

}  // namespace daymark::net
