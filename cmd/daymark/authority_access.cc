#include "authority_access.h"

#include "daymark/authority/grant_folder.h"

namespace daymark::cli {

CLI::Option* add_authority_options(CLI::App& command, AuthorityAccess& access,
                                   const std::string& meaning) {
  command
      .add_option("--credential", access.credential_file,
                  "File of the credential that the authority granted (mode 0600)")
      ->envname("DAYMARK_CREDENTIAL");
  command
      .add_option("--tls-ca", access.trust.ca_file,
                  "For https: file of the certificate authorities that may certify it")
      ->envname("DAYMARK_TLS_CA");
  command
      .add_option("--tls-pin", access.trust.pin,
                  "For https: SHA-256 of its public key (daymark authority pin)")
      ->envname("DAYMARK_TLS_PIN");
  command.add_flag("--insecure-cleartext", access.insecure_cleartext,
                   "Send the credential beyond this machine without TLS");
  return command.add_option("--authority", access.url, meaning);
}

Outcome<authority::AuthorityClient> client_of(const AuthorityAccess& access) {
  net::HttpAccess shown;
  shown.trust = access.trust;
  shown.insecure_cleartext = access.insecure_cleartext;
  if (!access.credential_file.empty()) {
    DAYMARK_TRY(shown.bearer, authority::read_credential(access.credential_file));
  }
  return authority::AuthorityClient(access.url, std::move(shown));
}

}  // namespace daymark::cli
