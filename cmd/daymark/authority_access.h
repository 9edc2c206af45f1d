// The options of every command that talks to an authority.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "daymark/authority/client.h"

namespace daymark::cli {

/// Where an authority is, by what it is known, and who asks.
struct AuthorityAccess {
  std::string url;
  std::string credential_file;
  net::TlsTrust trust;
  bool insecure_cleartext = false;
};

/// Adds --authority, which is returned, --credential, --tls-ca, --tls-pin and --insecure-cleartext.
CLI::Option* add_authority_options(CLI::App& command, AuthorityAccess& access,
                                   const std::string& meaning = "URL");

/// A client that shows the credential, if one is named. Errors: those of read_credential.
[[nodiscard]] Outcome<authority::AuthorityClient> client_of(const AuthorityAccess& access);

}  // namespace daymark::cli
