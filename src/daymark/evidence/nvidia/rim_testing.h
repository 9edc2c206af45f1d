// A file of reference values of our own making, signed by a chain of our own: what no vector shows.
#pragma once

#include <string>

#include "daymark/base/encode.h"
#include "daymark/evidence/evidence_testing.h"
#include "daymark/evidence/nvidia/rim.h"

namespace daymark::evidence {

/// Four certificates: numbers 1 to 4 of a test chain, the first of them a signer. The document is
/// written in its canonical form, so that no canonicalisation is needed to sign it.
class TestRim {
 public:
  std::string version = "550.0";
  std::string resources = resource(1, "size=\"48\"", std::string(96, '1'));

  [[nodiscard]] static std::string resource(unsigned index, const std::string& size,
                                            const std::string& hash,
                                            const std::string& active = "True") {
    return "<Resource xmlns:h=\"http://www.w3.org/2001/04/xmlenc#sha384\" active=\"" + active +
           "\" alternatives=\"1\" index=\"" + std::to_string(index) + "\" name=\"M\" " + size +
           " type=\"Measurement\" h:Hash0=\"" + hash + "\"></Resource>";
  }

  [[nodiscard]] std::string root() const { return chain_.pem(4, 5); }

  [[nodiscard]] std::string text() const {
    const std::string head =
        "<SoftwareIdentity xmlns=\"http://standards.iso.org/iso/19770/-2/2015/schema.xsd\" "
        "tagId=\"t\"><Entity name=\"Test\"></Entity><Meta colloquialVersion=\"" +
        version + "\" edition=\"GPU\" product=\"GH100\"></Meta><Payload>" + resources +
        "</Payload>";
    const std::string tail = "</SoftwareIdentity>";
    const std::string space = " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";
    const std::string info = signed_info(to_base64(digest(head + tail)));
    // Canonical SignedInfo declares the namespaces that it inherits.
    const std::string canonical =
        "<ds:SignedInfo xmlns=\"http://standards.iso.org/iso/19770/-2/2015/schema.xsd\"" + space +
        ">" + info + "</ds:SignedInfo>";
    return head + "<ds:Signature" + space + "><ds:SignedInfo>" + info +
           "</ds:SignedInfo><ds:SignatureValue>" + to_base64(chain_.sign(bytes_of(canonical), 1)) +
           "</ds:SignatureValue><ds:KeyInfo><ds:X509Data>" + certificates() +
           "</ds:X509Data></ds:KeyInfo></ds:Signature>" + tail;
  }

  [[nodiscard]] Errc refusal(const std::string& text) const {
    const auto rim = RimVerifier::create(root())->verify(bytes_of(text));
    return rim ? Errc{} : rim.error().code;
  }

 private:
  static std::array<CertificatePlan, chain_certificates> plan() {
    auto out = good_plan();
    out[1].constraints = "critical,CA:FALSE";
    out[1].usage = "critical,digitalSignature";
    return out;
  }

  static std::vector<Byte> digest(const std::string& text) {
    std::vector<Byte> out(48);
    EVP_Digest(text.data(), text.size(), out.data(), nullptr, EVP_sha384(), nullptr);
    return out;
  }

  static std::string signed_info(const std::string& digest) {
    const auto named = [](const std::string& element, const std::string& algorithm) {
      return "<ds:" + element + " Algorithm=\"http://www.w3.org/" + algorithm +
             "\"></ds:" + element + ">";
    };
    return named("CanonicalizationMethod", "2006/12/xml-c14n11") +
           named("SignatureMethod", "2001/04/xmldsig-more#ecdsa-sha384") +
           "<ds:Reference URI=\"\"><ds:Transforms>" +
           named("Transform", "2000/09/xmldsig#enveloped-signature") +
           named("Transform", "2006/12/xml-c14n11") + "</ds:Transforms>" +
           named("DigestMethod", "2001/04/xmldsig-more#sha384") + "<ds:DigestValue>" + digest +
           "</ds:DigestValue></ds:Reference>";
  }

  [[nodiscard]] std::string certificates() const {
    std::string out;
    for (std::size_t i = 1; i < chain_certificates; ++i) {
      const X509Owner x509 = chain_.certificate(i);
      unsigned char* raw = nullptr;
      const int size = i2d_X509(x509.get(), &raw);
      const BytesOwner owner(raw);
      out += "<ds:X509Certificate>" + to_base64({raw, static_cast<std::size_t>(size)}) +
             "</ds:X509Certificate>";
    }
    return out;
  }

  TestChain chain_{plan()};
};

}  // namespace daymark::evidence
