#include "daymark/net/descriptor.h"

#include <cerrno>
#include <system_error>

namespace daymark::net {

std::string os_error_text() {
  return std::generic_category().message(errno);
}

}  // namespace daymark::net
