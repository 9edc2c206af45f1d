#include "authority_access.h"

#include "daymark/authority/grant_folder.h"

namespace daymark::cli {

CLI::Option* add_authority_options(CLI::App& command, AuthorityAccess& access,
                                   const std::string& meaning) {
  command
      .add_option("--credential", access.credential_file,
                  "File of the credential that the authority granted (mode 0600)")
      ->envname("DAYMARK_CREDENTIAL");
  return command.add_option("--authority", access.url, meaning);
}

Outcome<authority::AuthorityClient> client_of(const AuthorityAccess& access) {
  net::HttpAccess shown;
  if (!access.credential_file.empty()) {
    DAYMARK_TRY(shown.bearer, authority::read_credential(access.credential_file));
  }
  return authority::AuthorityClient(access.url, std::move(shown));
}

}  // namespace daymark::cli
