/* libdaymark-verify: Daymark's offline verifiers for other programs. C ABI; no network, no files,
 * no configuration, no state between calls; safe from several threads. Version 1: what is here
 * stays; structures grow at their end and say their size.
 *
 *   struct daymark_evidence_request ask = { sizeof ask };
 *   ask.evidence.data = bytes; ask.evidence.size = size;
 *   ask.as_of_ms = 1772000000000;
 *   char *json = NULL;
 *   int result = daymark_verify_evidence(&ask, &json);
 *   ... daymark_free(json);
 */
#ifndef DAYMARK_VERIFY_H
#define DAYMARK_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a call returns. The JSON says the rest: the same as `daymark … --json` prints. */
enum {
  DAYMARK_HOLDS = 0,     /* evidence: genuine; bundle: verified under the given fingerprint */
  DAYMARK_REFUSED = 1,   /* something does not hold; the JSON names it */
  DAYMARK_UNDECIDED = 2, /* consistent, but whom to trust was not said */
  DAYMARK_MISUSE = 3,    /* the request is not well-formed; no JSON */
  DAYMARK_FAILED = 4     /* no memory, or the library is broken; no JSON */
};

struct daymark_bytes {
  const unsigned char* data; /* may be NULL where size is 0 */
  size_t size;
};

struct daymark_evidence_request {
  size_t struct_size;                     /* sizeof(struct daymark_evidence_request) */
  struct daymark_bytes evidence;          /* report (raw, hexadecimal, NVIDIA's JSON), token, or a
                                             governor's attestation with its submodules */
  struct daymark_bytes chain;             /* PEM, leaf first; for reports that bring none */
  const struct daymark_bytes* references; /* NVIDIA's reference values (SWID XML) */
  size_t reference_count;
  struct daymark_bytes nonce; /* the challenge that you drew: 8 to 64 bytes, 32 for reports */
  struct daymark_bytes key;   /* PEM or JWK: who signed a token or attestation */
  int64_t as_of_ms;           /* Unix time that certificates must hold at */
  /* From here on: later than the first form, which is taken by its size. */
  const struct daymark_bytes* answers; /* revocation answers (OCSP: DER, or base64 of it) */
  size_t answer_count;
  struct daymark_bytes answer_nonce; /* the number sent to the responders; answers must carry it */
  struct daymark_bytes policy;       /* what you allow (JSON, docs/formats/evidence.md) */
};

/* A TPM's statement. Empty where you have or want nothing of the kind. */
struct daymark_tpm_request {
  size_t struct_size;               /* sizeof(struct daymark_tpm_request) */
  struct daymark_bytes statement;   /* TPMS_ATTEST, or the JSON forms of docs/formats/evidence.md */
  struct daymark_bytes signature;   /* where the statement is raw */
  struct daymark_bytes key;         /* the attestation key that you trust */
  struct daymark_bytes pcrs;        /* PCR values: digests one behind the other, or JSON */
  struct daymark_bytes event_log;   /* crypto-agile form */
  struct daymark_bytes endorsement; /* endorsement certificate, DER */
  struct daymark_bytes authorities; /* for endorsement certificates, PEM */
  struct daymark_bytes reference_pcrs; /* values that you expect, JSON */
  struct daymark_bytes nonce;          /* the challenge that you drew */
  struct daymark_bytes policy;         /* what you allow (JSON) */
  struct daymark_bytes activation;     /* a challenger's transcript, in place of key */
  const unsigned char* challenger;     /* 32 bytes (Ed25519): who signed it */
  int64_t as_of_ms;
};

/* A model's files, hashed by you: the library opens none. */
struct daymark_model_file {
  const char* name; /* relative, '/' between its parts; "." for a model of one file */
  uint64_t size;
  unsigned char sha256[32];
};

struct daymark_model_request {
  size_t struct_size;               /* sizeof(struct daymark_model_request) */
  struct daymark_bytes bundle;      /* OpenSSF model signature (Sigstore bundle) */
  struct daymark_bytes key;         /* the signer's public key (PEM or JWK); or */
  struct daymark_bytes authorities; /* certificates that the signer's must lead to (PEM); or */
  struct daymark_bytes trust_root;  /* Sigstore's trusted_root.json; also beside the other two */
  const char* identity;             /* whom the certificate must name, or NULL */
  const char* issuer;               /* who must vouch for that name, or NULL */
  const struct daymark_model_file* files; /* without the bundle itself */
  size_t file_count;
  int64_t as_of_ms;
};

/* Judges evidence. On DAYMARK_HOLDS and DAYMARK_REFUSED *json is a text that daymark_free frees. */
int daymark_verify_evidence(const struct daymark_evidence_request* request, char** json);

/* Judges a bundle. fingerprint: 32 bytes, the charter that you trust, or NULL: then a bundle that
 * holds is DAYMARK_UNDECIDED. */
int daymark_verify_bundle(struct daymark_bytes bundle, const unsigned char* fingerprint,
                          char** json);

/* Judges a TPM's statement, or the transcript of an activation by itself. */
int daymark_verify_tpm(const struct daymark_tpm_request* request, char** json);

/* Judges a model's signature and the digests of its files. */
int daymark_verify_model(const struct daymark_model_request* request, char** json);

void daymark_free(char* json);

/* "0.1.0": never freed. */
const char* daymark_version(void);

#ifdef __cplusplus
}
#endif

#endif
