#include "daymark/tpm/exchange.h"

#include "daymark/cbor/encode.h"
#include "daymark/cbor/reader.h"
#include "daymark/evidence/errors.h"
#include "daymark/governor/errors.h"
#include "daymark/tpm/errors.h"

namespace daymark::tpm {

namespace {

using cbor::Reader;
using cbor::Writer;
using Bytes = std::vector<Byte>;

constexpr std::size_t answer_max = 6144;
constexpr std::size_t nonce_min = 8;
constexpr std::size_t nonce_max = 64;

Bytes own_copy(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

/// The number of a request of version 1; none where it has no such form.
std::optional<std::uint64_t> peek_op(Reader& in) {
  const auto items = in.enter_array(3);
  const auto version = items ? in.read_unsigned() : Result<std::uint64_t>(0);
  if (!items || !version || *version != governor::message_version) return std::nullopt;
  const auto op = in.read_unsigned();
  return op ? std::optional(*op) : std::nullopt;
}

Result<TpmRequest> read_arguments(TpmOp op, Reader& in) {
  TpmRequest out;
  out.op = op;
  if (op == TpmOp::activate) {
    DAYMARK_CHECK(in.enter_array_of(2));
    DAYMARK_TRY(const ByteView blob, in.read_bytes(1, evidence::credential_blob_max));
    DAYMARK_TRY(const ByteView seed, in.read_bytes(1, evidence::credential_seed_max));
    out.credential = {own_copy(blob), own_copy(seed)};
  }
  if (op == TpmOp::attest) {
    DAYMARK_TRY(const ByteView nonce, in.read_bytes(nonce_min, nonce_max));
    out.nonce = own_copy(nonce);
  }
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Bytes success(ByteView result) {
  return cbor::encode([&](Writer& out) {
    out.open_array(3);
    out.put_unsigned(governor::message_version);
    out.put_unsigned(0);
    out.put_bytes(result);
  });
}

Bytes refusal(Error error) {
  ByteArray<64> space{};
  const auto written = governor::write_refusal(error, space);
  return written ? own_copy(*written) : Bytes();
}

Outcome<Bytes> answer_request(const TpmRequest& request, Port& port, const AttestCore& attest) {
  switch (request.op) {
    case TpmOp::identify: {
      DAYMARK_TRY(const evidence::TpmIdentity identity, port.identity());
      return evidence::print_tpm_identity(identity);
    }
    case TpmOp::activate: {
      DAYMARK_TRY(const Digest secret, port.activate(request.credential));
      return own_copy(secret);
    }
    case TpmOp::attest: break;
  }
  DAYMARK_TRY(Bytes attestation, attest(request.nonce));
  DAYMARK_TRY(const evidence::TpmAttested bound, port.bind(std::move(attestation)));
  return evidence::print_tpm_attested(bound);
}

/// The one byte string of a response.
Outcome<Bytes> ask(const governor::Transport& transport, const TpmRequest& request) {
  DAYMARK_TRY(const Bytes response, transport(print_tpm_request(request)));
  Reader in(response);
  DAYMARK_CHECK(governor::read_response(in));
  DAYMARK_TRY(const ByteView result, in.read_bytes(1, answer_max));
  DAYMARK_CHECK(in.expect_end());
  return own_copy(result);
}

/// Only the TPM that holds both keys can give the secret back.
Outcome<void> activate_key(const governor::Transport& transport, evidence::TpmEnrolment& enrolment,
                           Random& random) {
  enrolment.secret = random.draw<sizeof(Digest)>();
  const evidence::TpmName name = evidence::tpm_name(enrolment.identity.attestation);
  DAYMARK_TRY(enrolment.credential, evidence::make_tpm_credential(enrolment.identity.endorsement,
                                                                  name, enrolment.secret, random));
  DAYMARK_TRY(const Bytes given, ask(transport, {TpmOp::activate, enrolment.credential, {}}));
  if (!crypto::equal_secret(given, enrolment.secret)) {
    return refuse(errc::tpm_secret_wrong, "credential");
  }
  return {};
}

}  // namespace

std::optional<Result<TpmRequest>> parse_tpm_request(ByteView request) {
  Reader in(request);
  const std::optional<std::uint64_t> op = peek_op(in);
  const bool ours = op && *op >= static_cast<std::uint64_t>(TpmOp::identify) &&
                    *op <= static_cast<std::uint64_t>(TpmOp::attest);
  if (!ours) return std::nullopt;
  const auto known = static_cast<TpmOp>(*op);
  // The head of the array says how many items follow; identify alone has no argument.
  Reader again(request);
  const std::size_t items = known == TpmOp::identify ? 2 : 3;
  if (!again.enter_array_of(items)) return fail(errc::gov_message);
  return read_arguments(known, in);
}

Bytes print_tpm_request(const TpmRequest& request) {
  return cbor::encode([&](Writer& out) {
    out.open_array(request.op == TpmOp::identify ? 2 : 3);
    out.put_unsigned(governor::message_version);
    out.put_unsigned(static_cast<std::uint64_t>(request.op));
    if (request.op == TpmOp::activate) {
      out.open_array(2);
      out.put_bytes(request.credential.blob);
      out.put_bytes(request.credential.seed);
    }
    if (request.op == TpmOp::attest) out.put_bytes(request.nonce);
  });
}

std::optional<Bytes> answer_tpm_request(ByteView request, Port& port, const AttestCore& attest) {
  const auto parsed = parse_tpm_request(request);
  if (!parsed) return std::nullopt;
  if (!*parsed) return refusal(parsed->error());
  const Outcome<Bytes> answer = answer_request(**parsed, port, attest);
  return answer ? success(*answer) : refusal(answer.error().error);
}

Outcome<evidence::TpmIdentity> ask_identity(const governor::Transport& transport) {
  DAYMARK_TRY(const Bytes answer, ask(transport, {TpmOp::identify, {}, {}}));
  return about(evidence::parse_tpm_identity(answer), "TPM identity");
}

Outcome<evidence::TpmAttested> ask_attested(const governor::Transport& transport, ByteView nonce) {
  DAYMARK_TRY(const Bytes answer, ask(transport, {TpmOp::attest, {}, own_copy(nonce)}));
  return about(evidence::parse_tpm_attested(answer), "TPM attestation");
}

Outcome<Bytes> enrol_tpm(const governor::Transport& transport, const EnrolOptions& options,
                         crypto::Signer& maker, Random& random) {
  evidence::TpmEnrolment enrolment;
  enrolment.time = options.time;
  DAYMARK_TRY(enrolment.identity, ask_identity(transport));
  if (enrolment.identity.chip != options.chip) return refuse(errc::tpm_chip, "TPM identity");
  DAYMARK_CHECK(about(evidence::certificate_of(enrolment.identity), "endorsement certificate"));
  DAYMARK_CHECK(activate_key(transport, enrolment, random));
  const Digest nonce = random.draw<sizeof(Digest)>();
  DAYMARK_TRY(enrolment.first, ask_attested(transport, nonce));
  DAYMARK_TRY(const evidence::BoundAttestation bound,
              evidence::verify_tpm_attested(enrolment.first, enrolment.identity));
  if (!equal(bound.claims.nonce, nonce)) return refuse(errc::gov_nonce, "TPM attestation");
  return evidence::sign_tpm_enrolment(enrolment, maker);
}

}  // namespace daymark::tpm
