#!/usr/bin/env bash
# Contracts of the command line that scripts rely on: exit statuses, one JSON document, one sentence.
#   cli.sh SOURCE_DIR PROGRAM_DIR
set -uo pipefail
cd "$1"
PATH=$2:$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0
expect() { # STATUS COMMAND…
  local want=$1 got
  shift
  daymark "$@" >"$scratch/out" 2>"$scratch/err"
  got=$?
  if [ "$got" = "$want" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "daymark $*: exit $got, expected $want"
    head -3 "$scratch/err"
  fi
}
json() { # STATUS FILTER COMMAND… : stdout is one JSON document for which the filter holds
  local want=$1 filter=$2
  shift 2
  expect "$want" "$@" --json
  if jq -es "length == 1 and (.[0] | $filter)" "$scratch/out" >/dev/null 2>&1; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "daymark $* --json: $(head -c 300 "$scratch/out")"
  fi
}
h100=data/evidence/nvidia/h100-550.90.07
cloud=(--nodes data/rtt/cloud/nodes.csv --rtt data/rtt/cloud/rtt.csv --target aws:ap-southeast-1)
fingerprint=$(cat examples/bundles/fingerprint.txt)
head -c 3000 examples/bundles/chip-2.bundle >"$scratch/short.bundle"
echo nonsense >"$scratch/nonsense"

json 0 '.verdict == "genuine" and .level == "L3"' evidence verify $h100/report.hex --chain $h100/chain.pem --as-of 2025-08-21T12:00:00Z
json 1 '.verdict == "refused"' evidence verify $h100/report.hex --chain $h100/chain.pem --nonce "$(printf '00%.0s' {1..32})"
json 1 '.verdict == "refused"' evidence verify "$scratch/nonsense"
json 3 '.error.name == "file_not_opened"' evidence verify "$scratch/missing"
rims=(--rim $h100/rim-driver.xml --rim $h100/rim-vbios.xml)
then=(--as-of 2025-08-21T12:00:00Z)
echo '{"drivers": ["550.90.08"]}' >"$scratch/policy.json"
json 0 '.known.finding == "held" and .comparison.matched == 33 and .allowed.finding == "not judged"' evidence verify $h100/report.hex --chain $h100/chain.pem "${rims[@]}" "${then[@]}"
json 1 '.reason.name == "rim_expired" and .genuine.finding == "held"' evidence verify $h100/report.hex --chain $h100/chain.pem "${rims[@]}" --as-of 2026-11-22T00:00:00Z
json 1 '.reason.name == "policy_driver" and .allowed.finding == "failed"' evidence verify $h100/report.hex --chain $h100/chain.pem --policy "$scratch/policy.json" "${then[@]}"
json 0 '[.revocation[].status] == ["good", "good", "good"]' evidence verify $h100/report.hex --chain $h100/chain.pem --ocsp $h100/ocsp/gpu_certificate_l2.b64 \
  --ocsp $h100/ocsp/gpu_certificate_l3.b64 --ocsp $h100/ocsp/gpu_certificate_l4.b64 "${then[@]}"
json 1 '.verdict == "undecided" and .reason.name == "ocsp_nothing_found"' evidence verify $h100/report.hex --chain $h100/chain.pem --ocsp $h100/ocsp/rim_l2.b64 "${then[@]}"
json 3 '.error.name == "ocsp_form"' evidence verify $h100/report.hex --chain $h100/chain.pem --ocsp "$scratch/nonsense" "${then[@]}"
json 0 '.submods | to_entries[0].value["ear.status"] == "affirming"' evidence verify $h100/report.hex --chain $h100/chain.pem "${rims[@]}" "${then[@]}" --ear
json 0 '.kind == "nvidia-rim" and .reason.name == "rim_good"' evidence verify $h100/rim-driver.xml "${then[@]}"
json 0 '.fields[4].offset == 4 and .verified == false' evidence explain $h100/report.hex
json 0 '.kind == "NVIDIA reference values"' evidence explain $h100/rim-vbios.xml
json 2 '.error.name == "usage_wrong"' evidence verify
mkdir -p "$scratch/host/sys/class/tpm/tpm0/pcr-sha256" "$scratch/host/dev" && echo 2 >"$scratch/host/sys/class/tpm/tpm0/tpm_version_major" && touch "$scratch/host/dev/tpmrm0"
json 0 '.verified == false and (.levels | length == 5) and .levels[4].reachable == false' audit host
json 0 '.levels[2].reachable and .driver.problem == "audit_nvml_missing" and .list_as_of > "2026"' audit host --root "$scratch/host" --nvml libdaymark-none.so
json 3 '.error.name == "audit_nvml_missing"' audit host --nvml libdaymark-none.so --describe "$scratch/described"
json 3 '.error.name == "json_malformed"' audit host --list "$scratch/nonsense"
tpm=tests/vectors/evidence/tpm-foreign
json 0 '.kind == "tpm-quote" and .level == "L1" and .reason.name == "quote_genuine_bare"' evidence verify $tpm/trustee/tpm-quote-v1.json --ak $tpm/trustee/hcl-report.bin --nonce 6368616c6c656e6765
json 1 '.reason.name == "quote_nonce"' evidence verify $tpm/trustee/tpm-quote-v1.json --ak $tpm/trustee/hcl-report.bin --nonce 00
json 1 '.reason.name == "ak_unshown" and .verdict == "undecided"' evidence verify $tpm/trustee/tpm_evidence.json
json 1 '.submods | to_entries[0].value["ear.trustworthiness-vector"].hardware == 0' evidence verify $tpm/trustee/tpm_evidence.json --ear
json 1 '(.items | length == 3) and .items[1].reason.name == "file_not_opened" and .items[2].verdict == "genuine"' evidence verify $h100/rim-driver.xml "$scratch/missing" $h100/rim-driver.xml "${then[@]}"
json 1 '[.revocation[].reason] == ["ocsp_nothing_found", "ocsp_nothing_found", "ocsp_nonce"]' evidence verify $h100/report.hex --chain $h100/chain.pem --ocsp $h100/ocsp/gpu_certificate_l2.b64 --ocsp-nonce 00112233 "${then[@]}"
json 2 '.error.name == "usage_wrong"' evidence verify $h100/report.hex --ocsp-nonce x
oms=tests/vectors/oms
sigstore=(model verify $oms/v1.1.0-sigstore --bundle $oms/v1.1.0-sigstore/model.sig)
json 0 '.verdict == "genuine" and .identity == "stefanb@us.ibm.com"' "${sigstore[@]}" --trust-root $oms/keys/sigstore-trusted-root.json --identity stefanb@us.ibm.com --issuer https://sigstore.verify.ibm.com/oauth2
json 1 '.verdict == "undecided" and .reason == "sigstore_identity_unasked"' "${sigstore[@]}" --trust-root $oms/keys/sigstore-trusted-root.json
json 1 '.reason == "model_certificate"' "${sigstore[@]}" --ca $oms/keys/ca-cert.pem
json 3 '.error.name == "sigstore_root"' "${sigstore[@]}" --trust-root <(echo '{}')
json 2 '.error.name == "usage_wrong"' "${sigstore[@]}"
json 1 '.reason.name == "quote_magic"' evidence verify "$scratch/nonsense" --kind tpm
json 2 '.error.name == "usage_wrong"' evidence verify $tpm/trustee/tpm_evidence.json --nonce x
json 0 '.kind == "TPM statement" and .fields[3].value == "6368616c6c656e6765"' evidence explain $tpm/trustee/tpm-quote-v1.json
json 0 '.kind == "TCG event log"' evidence explain $tpm/eventlogs/arch-linux-workstation.bin
json 1 '.kind == "host" and .level == "L0" and .reason.name == "host_declared"' evidence verify fuzz/seeds/host_description/h20
json 0 '.passed > 50 and .failed == 0' conformance tpm $tpm
json 2 '.error.name == "usage_wrong"' evidence verify $h100/report.hex --as-of yesterday
json 0 '.verdict == "inside" and (.landmarks | length > 60)' locate "${cloud[@]}" --near 1.35,103.82 --within 500 --speed fiber
json 0 '.verdict == "inside"' locate "${cloud[@]}" --not-country CN --faults 1
json 1 '.verdict == "outside"' locate "${cloud[@]}" --near 51.5,0 --within 500
json 1 '.verdict == "undecided"' locate "${cloud[@]}" --country SG
json 2 '.error.name == "usage_wrong"' locate "${cloud[@]}"
json 0 '.false_nodes == [] and .nodes == 69 and .suspects.suspects == []' locate evaluate --nodes data/rtt/cloud/nodes.csv \
  --rtt data/rtt/cloud/rtt.csv --speed fiber --within 500 --country SG --verdicts-only --suspects
json 3 '.error.name == "country_unknown"' locate evaluate --nodes data/rtt/cloud/nodes.csv --rtt data/rtt/cloud/rtt.csv --country QQ
json 0 '(.circles | length) == 4 and .places[0].id == "guangzhou"' locate reach --from 24.8104,113.5976 --ms 3 --places data/rtt/places-shaoguan.csv
json 2 '.error' locate "${cloud[@]}" --near 1,2
printf 'id,lat,lon,chips\nsingapore,1.35,103.82,64\n' >"$scratch/sites.csv"
printf 'id,lat,lon,operator\na,1.35,103.9,x\nb,1.3,103.8,y\nc,1.49,103.74,z\n' >"$scratch/beacons.csv"
printf '{"type":"Polygon","coordinates":[[[95,-11],[141,-11],[141,6],[95,6],[95,-11]]]}' >"$scratch/area.json"
printf 'id,lat,lon,chips\nperth,-31.95,115.86,1\n' >"$scratch/perth.csv"
stand=(--sites "$scratch/sites.csv" --beacons "$scratch/beacons.csv")
elsewhere=(--sites "$scratch/perth.csv" --beacons "$scratch/beacons.csv")
json 0 '.holds and (.fence.alternatives[0].clauses | length) == 3' fence compile --not-country CN "${stand[@]}" --out "$scratch/f" --svg "$scratch/f.svg"
grep -q '"rtt_us"' "$scratch/f" && grep -q '<svg' "$scratch/f.svg" && passed=$((passed + 1)) || failed=$((failed + 1))
json 0 '.zone == "in area" and .sites[0].depth_km > 400' fence compile --polygon "$scratch/area.json" "${stand[@]}" --fail-at-most 50
json 1 '.fence == null and .sites[0].missing.operators == 2' fence compile --not-polygon "$scratch/area.json" --not-country CN "${elsewhere[@]}"
json 3 '.error.name == "locate_fence_site"' fence compile --country SG "${elsewhere[@]}"
json 2 '.error.name == "usage_wrong"' fence compile --country SG "${stand[@]}" --not-country CN
json 0 '.posts[0].operators == 2 and .cost == 10' fence plan --not-country CN --sites "$scratch/sites.csv" --fail-at-most 20 --cost 5
json 0 '.as_promised and (.rows | length) > 40' redteam location --data-only --trials 3
json 0 '.fair != false' catalog show h20-sxm cm384
json 0 '.items[0].deviations == 0' catalog check nvl72
json 1 '.items[0].deviations > 0' catalog check cm384
json 3 '.error' catalog check unheard-of
json 0 '.total != null or .chips != null' usage account data/telemetry/h100_nanogpt_baseline.csv
json 3 '.error' usage account "$scratch/nonsense"
json 0 '.verdict == "verified"' verify bundle examples/bundles/chip-2.bundle --trust "$fingerprint"
json 3 '.verdict == "consistent"' verify bundle examples/bundles/chip-2.bundle
json 1 '.verdict == "refused" and .part == "charter"' verify bundle examples/bundles/chip-2.bundle --trust "$(printf '00%.0s' {1..32})"
json 1 '.verdict == "refused"' verify bundle "$scratch/short.bundle" --trust "$fingerprint"
json 1 '.verdict == "refused"' verify bundle "$scratch/nonsense"
json 3 '.error' verify bundle "$scratch/missing"
json 3 '.error' charter show "$scratch/nonsense"
json 3 '.error' order submit "$scratch/nonsense" --authority http://127.0.0.1:1
json 3 '.error.name == "net_unreachable"' finding draft --authority http://127.0.0.1:1 --code a --rule b --evidence "$scratch/nonsense" --out "$scratch/n"
json 2 '.error.name == "usage_wrong"' finding draft --code a --rule b --evidence "$scratch/nonsense" --out "$scratch/n"
json 3 '.error' finding answer "$scratch/nonsense" --key "$scratch/no.key" --text x
json 3 '.error.name == "file_not_opened"' finding submit "$scratch/missing" --authority http://127.0.0.1:1
json 2 '.error.name == "usage_wrong"' finding show "$scratch/nonsense"
json 3 '.error' status --governor "$scratch/no.sock"
json 0 '.sign | length == 64' keygen party-1 --out "$scratch"
json 3 '.error.name == "file_exists"' keygen party-1 --out "$scratch"
json 0 '.role == "agent" and .chip == "any" and (.id | length == 16)' authority grant --dir "$scratch/auth" --role agent --chip any --out "$scratch/agent.cred"
json 0 '.role == "auditor" and .chip == null' authority grant --dir "$scratch/auth" --role auditor --out "$scratch/auditor.cred"
json 3 '.error.name == "file_exists"' authority grant --dir "$scratch/auth" --role auditor --out "$scratch/auditor.cred"
json 2 '.error.name == "usage_wrong"' authority grant --dir "$scratch/auth" --role agent --out "$scratch/other.cred"
json 2 '.error.name == "usage_wrong"' authority grant --dir "$scratch/auth" --role auditor --chip any --out "$scratch/other.cred"
json 2 '.error.name == "usage_wrong"' authority grant --dir "$scratch/auth" --role king --out "$scratch/other.cred"
json 0 '.grants | length == 2' authority grants --dir "$scratch/auth"
json 0 '.revoked' authority revoke "$(jq -r '.grants[0].id' "$scratch/out")" --dir "$scratch/auth"
json 3 '.error.name == "authority_grant_unknown"' authority revoke 0000000000000000 --dir "$scratch/auth"
json 3 '.error.name == "net_unreachable"' chip list --authority http://127.0.0.1:1 --credential "$scratch/agent.cred"
json 3 '.error.name == "authority_credential_malformed"' chip list --authority http://127.0.0.1:1 --credential "$scratch/party-1.key"
chmod 644 "$scratch/agent.cred" "$scratch/auth/grants/grants.json"
json 3 '.error.name == "secret_exposed"' chip list --authority http://127.0.0.1:1 --credential "$scratch/agent.cred"
json 3 '.error.name == "secret_exposed"' authority grants --dir "$scratch/auth"
json 2 '.error.name == "usage_wrong"' authority serve --dir "$scratch/auth" --charter c --log-key k --tls-cert t
json 3 '.error.name == "net_cleartext"' authority serve --dir "$scratch/auth" --charter c --log-key k --allow-public
json 3 '.error.name == "net_cleartext"' chip list --authority http://192.0.2.1:1 --credential "$scratch/auditor.cred"
json 3 '.error.name == "net_tls_trust"' chip list --authority https://127.0.0.1:1 --tls-pin xyz
json 3 '.error.name == "net_tls_identity"' authority pin "$scratch/party-1.key"
chmod 644 "$scratch/party-1.key"
json 3 '.error.name == "secret_exposed"' witness serve --key "$scratch/party-1.key" --dir "$scratch/w" --log x
cp -r tests/vectors/tlog "$scratch/forged"
sed -i '2s/7/6/' "$scratch/forged/tessera-log/checkpoint.7"
json 0 '.passed > 200 and .failed == 0' conformance tlog tests/vectors/tlog
json 1 '.passed > 150 and .failed > 0' conformance tlog "$scratch/forged"
json 3 '.error.name == "file_not_opened"' conformance tlog "$scratch"
json 0 '.passed == 335 and .failed == 0' conformance merkle tests/vectors/tlog/merkle/*.jsonl
expect 2 no-such-command
expect 0 --help
expect 0 --version

# Every one of 200 single-bit flips in the shipped bundle is refused, and the part is named.
flips=$(python3 - examples/bundles/chip-2.bundle "$fingerprint" "$scratch" <<'PY'
import json, random, subprocess, sys
path, trust, scratch = sys.argv[1:]
data = open(path, "rb").read()
source = random.Random(1)
bad = 0
for _ in range(200):
    at = source.randrange(len(data) * 8)
    flipped = bytearray(data)
    flipped[at // 8] ^= 1 << at % 8
    open(scratch + "/flipped", "wb").write(flipped)
    done = subprocess.run(["daymark", "verify", "bundle", scratch + "/flipped", "--trust", trust, "--json"],
                          capture_output=True, text=True)
    verdict = json.loads(done.stdout)
    bad += not (done.returncode == 1 and verdict["verdict"] == "refused" and verdict["part"])
print(bad)
PY
)
if [ "$flips" = 0 ]; then passed=$((passed + 200)); else failed=$((failed + flips)); passed=$((passed + 200 - flips)); echo "$flips of 200 flips were not refused"; fi
[ -z "${DAYMARK_RESULTS:-}" ] || echo "$passed $failed 0" >"$DAYMARK_RESULTS/cli.count"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
