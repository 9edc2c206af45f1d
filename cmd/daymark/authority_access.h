// The options of every command that talks to an authority.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "daymark/authority/client.h"

namespace daymark::cli {

/// Where an authority is, and who asks.
struct AuthorityAccess {
  std::string url;
  std::string credential_file;
};

/// Adds --authority, which is returned, and --credential.
CLI::Option* add_authority_options(CLI::App& command, AuthorityAccess& access,
                                   const std::string& meaning = "URL");

/// A client that shows the credential, if one is named. Errors: those of read_credential.
[[nodiscard]] Outcome<authority::AuthorityClient> client_of(const AuthorityAccess& access);

}  // namespace daymark::cli
