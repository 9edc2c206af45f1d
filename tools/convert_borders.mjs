// Converts the npm package world-atlas (countries-50m.json) into data/borders/countries.txt.
//
//   npm install world-atlas@2.0.2 topojson-client@3.1.0
//   node convert_borders.mjs node_modules > countries.txt
//
// The form of the output is described in data/borders/README.md. Building Daymark needs neither
// Node nor this script: its output is committed.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const modules = resolve(process.argv[2] ?? "node_modules");
const require = createRequire(modules + "/");
const topojson = require("topojson-client");
const source = readFileSync(`${modules}/world-atlas/countries-50m.json`);
const world = JSON.parse(source);

const UNITS_PER_DEGREE = 1e5;
// A border runs straight in latitude and longitude (RFC 7946 §3.1.1). Longer edges get more
// vertices, so that great circles between vertices stay within 30 m of that line.
const LONGEST_EDGE_DEGREES = 0.5;

// ISO 3166-1 numeric to alpha-2, as far as the atlas uses it.
const ISO = `
004:AF 008:AL 010:AQ 012:DZ 016:AS 020:AD 024:AO 028:AG 031:AZ 032:AR 036:AU 040:AT 044:BS 048:BH
050:BD 051:AM 052:BB 056:BE 060:BM 064:BT 068:BO 070:BA 072:BW 076:BR 084:BZ 086:IO 090:SB 092:VG
096:BN 100:BG 104:MM 108:BI 112:BY 116:KH 120:CM 124:CA 132:CV 136:KY 140:CF 144:LK 148:TD 152:CL
156:CN 158:TW 170:CO 174:KM 178:CG 180:CD 184:CK 188:CR 191:HR 192:CU 196:CY 203:CZ 204:BJ 208:DK
212:DM 214:DO 218:EC 222:SV 226:GQ 231:ET 232:ER 233:EE 234:FO 238:FK 239:GS 242:FJ 246:FI 248:AX
250:FR 258:PF 260:TF 262:DJ 266:GA 268:GE 270:GM 275:PS 276:DE 288:GH 296:KI 300:GR 304:GL 308:GD
316:GU 320:GT 324:GN 328:GY 332:HT 334:HM 336:VA 340:HN 344:HK 348:HU 352:IS 356:IN 360:ID 364:IR
368:IQ 372:IE 376:IL 380:IT 384:CI 388:JM 392:JP 398:KZ 400:JO 404:KE 408:KP 410:KR 414:KW 417:KG
418:LA 422:LB 426:LS 428:LV 430:LR 434:LY 438:LI 440:LT 442:LU 446:MO 450:MG 454:MW 458:MY 462:MV
466:ML 470:MT 478:MR 480:MU 484:MX 492:MC 496:MN 498:MD 499:ME 500:MS 504:MA 508:MZ 512:OM 516:NA
520:NR 524:NP 528:NL 531:CW 533:AW 534:SX 540:NC 548:VU 554:NZ 558:NI 562:NE 566:NG 570:NU 574:NF
578:NO 580:MP 583:FM 584:MH 585:PW 586:PK 591:PA 598:PG 600:PY 604:PE 608:PH 612:PN 616:PL 620:PT
624:GW 626:TL 630:PR 634:QA 642:RO 643:RU 646:RW 652:BL 654:SH 659:KN 660:AI 662:LC 663:MF 666:PM
670:VC 674:SM 678:ST 682:SA 686:SN 688:RS 690:SC 694:SL 702:SG 703:SK 704:VN 705:SI 706:SO 710:ZA
716:ZW 724:ES 728:SS 729:SD 732:EH 740:SR 748:SZ 752:SE 756:CH 760:SY 762:TJ 764:TH 768:TG 776:TO
780:TT 784:AE 788:TN 792:TR 795:TM 796:TC 800:UG 804:UA 807:MK 818:EG 826:GB 831:GG 832:JE 833:IM
834:TZ 840:US 850:VI 854:BF 858:UY 860:UZ 862:VE 876:WF 882:WS 887:YE 894:ZM`;
const alpha2 = new Map(ISO.trim().split(/\s+/).map((pair) => pair.split(":")));

// Entries that the atlas gives no ISO number; codes from XA to XZ are user-assigned in ISO 3166-1.
const unnumbered = new Map([
  ["Kosovo", "XK"], ["N. Cyprus", "XC"], ["Somaliland", "XS"], ["Siachen Glacier", "XG"],
]);

function codeOf(feature, polygon) {
  if (feature.id) return alpha2.get(feature.id);
  if (feature.properties.name !== "Indian Ocean Ter.") return unnumbered.get(feature.properties.name);
  return polygon[0][0][0] > 100 ? "CX" : "CC";
}

const nameOverride = new Map([["CX", "Christmas Island"], ["CC", "Cocos Islands"], ["AU", "Australia"]]);

function wrap(degrees) {
  return degrees > 180 ? degrees - 360 : degrees <= -180 ? degrees + 360 : degrees;
}

function wrapUnits(units) {
  return Math.round(wrap(units / UNITS_PER_DEGREE) * UNITS_PER_DEGREE);
}

/// Integer vertices of a closed ring, without the repeated last one; longitudes in (-180, 180].
function unitsOf(ring) {
  const out = [];
  const put = (lon, lat) => {
    const vertex = [Math.round(wrap(lon) * UNITS_PER_DEGREE), Math.round(lat * UNITS_PER_DEGREE)];
    const last = out[out.length - 1];
    if (!last || last[0] !== vertex[0] || last[1] !== vertex[1]) out.push(vertex);
  };
  for (let i = 0; i + 1 < ring.length; i++) {
    const [lon, lat] = ring[i];
    const dLon = wrap(ring[i + 1][0] - lon);
    const dLat = ring[i + 1][1] - lat;
    const steps = Math.max(1, Math.ceil(Math.abs(dLon) / LONGEST_EDGE_DEGREES));
    for (let s = 0; s < steps; s++) put(lon + (dLon * s) / steps, lat + (dLat * s) / steps);
  }
  while (out.length > 1 && out[0].join() === out[out.length - 1].join()) out.pop();
  return out;
}

const countries = new Map();
for (const feature of topojson.feature(world, world.objects.countries).features) {
  const { type, coordinates } = feature.geometry;
  for (const polygon of type === "Polygon" ? [coordinates] : coordinates) {
    const code = codeOf(feature, polygon);
    if (!code) throw new Error(`no code for ${feature.properties.name}`);
    if (!countries.has(code)) {
      countries.set(code, { name: nameOverride.get(code) ?? feature.properties.name, rings: [] });
    }
    for (const ring of polygon) {
      // The seam that plane maps need around the south pole is no border.
      if (ring.every(([, lat]) => lat < -89.9)) continue;
      const units = unitsOf(ring);
      if (units.length >= 3) countries.get(code).rings.push(units);
    }
  }
}

const lines = ["daymark-borders 1"];
for (const code of [...countries.keys()].sort()) {
  const { name, rings } = countries.get(code);
  lines.push(`country ${code} ${rings.length} ${name}`);
  for (const ring of rings) {
    let [lon, lat] = ring[0];
    const numbers = [ring.length, lon, lat];
    for (const [nextLon, nextLat] of ring.slice(1)) {
      numbers.push(wrapUnits(nextLon - lon), nextLat - lat);
      [lon, lat] = [nextLon, nextLat];
    }
    lines.push(numbers.join(" "));
  }
}
lines.push("end");
process.stdout.write(lines.join("\n") + "\n");
process.stderr.write(`source sha256 ${createHash("sha256").update(source).digest("hex")}\n`);
