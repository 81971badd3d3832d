/**
 * One language has many names: two letters (ISO 639-1), three of its own or of English (639-2 T and
 * B), a region behind them (BCP 47), or a word. They are compared in one form: "de", "pt-br".
 *
 * @module
 */

/** 639-1, then 639-2 T and B and what is a kind of it in 639-3: as CLDR has them. */
const codes =
  `aa:aar ab:abk ae:ave af:afr ak:aka/twi am:amh an:arg ar:ara/arb as:asm av:ava ay:aym az:aze ba:bak
be:bel bg:bul bi:bis bm:bam bn:ben bo:bod/tib br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre
cs:ces/cze cu:chu cv:chv cy:cym/wel da:dan de:deu/ger dv:div dz:dzo ee:ewe el:ell/gre en:eng eo:epo
es:spa et:est/ekk eu:eus/baq fa:fas/per/pes ff:ful fi:fin fj:fij fo:fao fr:fra/fre fy:fry ga:gle
gd:gla gl:glg gn:grn gu:guj gv:glv ha:hau he:heb/iw hi:hin ho:hmo hr:hrv/scr ht:hat hu:hun hy:hye/arm
hz:her ia:ina id:ind/in ie:ile ig:ibo ii:iii ik:ipk io:ido is:isl/ice it:ita iu:iku ja:jpn jv:jav/jw
ka:kat/geo kg:kon ki:kik kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor kr:kau ks:kas ku:kur/kmr kv:kom
kw:cor ky:kir la:lat lb:ltz lg:lug li:lim ln:lin lo:lao lt:lit lu:lub lv:lav/lvs mg:mlg mh:mah
mi:mri/mao mk:mkd/mac ml:mal mn:mon/khk mr:mar ms:msa/may/zsm mt:mlt my:mya/bur na:nau nb:nob nd:nde
ne:nep ng:ndo nl:nld/dut nn:nno no:nor nr:nbl nv:nav ny:nya oc:oci oj:oji om:orm or:ori os:oss pa:pan
pi:pli pl:pol ps:pus pt:por qu:que rm:roh rn:run ro:ron/rum/mol ru:rus rw:kin sa:san sc:srd sd:snd
se:sme sg:sag si:sin sk:slk/slo sl:slv sm:smo sn:sna so:som sq:sqi/alb sr:srp/scc ss:ssw st:sot
su:sun sv:swe sw:swa/swh ta:tam te:tel tg:tgk th:tha ti:tir tk:tuk tn:tsn to:ton tr:tur ts:tso tt:tat
ty:tah ug:uig uk:ukr ur:urd uz:uzb ve:ven vi:vie vo:vol wa:wln wo:wol xh:xho yi:yid/ji yo:yor za:zha
zh:zho/chi/cmn zu:zul`;

/** Two letters → all codes of the language, itself first. */
const spellings = new Map(
  codes.split(/\s+/).map((it) => {
    const [common = "", others = ""] = it.split(":");
    return [common, [common, ...others.split("/")]] as const;
  }),
);

const commonOf = new Map(
  [...spellings].flatMap(([common, all]) => all.map((code) => [code, common] as const)),
);

/** Languages by their English and their own names. */
const names = new Map(Object.entries<string>({
  english: "en",
  german: "de",
  deutsch: "de",
  french: "fr",
  français: "fr",
  spanish: "es",
  español: "es",
  italian: "it",
  italiano: "it",
  dutch: "nl",
  portuguese: "pt",
  russian: "ru",
  japanese: "ja",
  chinese: "zh",
  korean: "ko",
  arabic: "ar",
  polish: "pl",
  swedish: "sv",
  danish: "da",
  norwegian: "no",
  finnish: "fi",
  turkish: "tr",
  czech: "cs",
  greek: "el",
  hebrew: "he",
  hindi: "hi",
}));

/** "german" → "de"; undefined of what is no name of a language that we know. Lower case. */
export function languageNamed(word: string): string | undefined {
  return names.get(word);
}

/** What an item of this language is found by: "pt-BR" → "pt" and "pt-br", "ger" → "de". */
export function languageForms(language: string): string[] {
  const { common, region } = partsOf(language);
  return region ? [common, common + region] : [common];
}

/**
 * All that the language may stand as in an index that is older than this table: "ger" → "de", "deu",
 * "ger"; "pt-BR" → "pt-br", "por-br". The common form comes first.
 */
export function languageSpellings(language: string): string[] {
  const { common, region } = partsOf(language);
  return (spellings.get(common) ?? [common]).map((code) => code + region);
}

function partsOf(language: string): { common: string; region: string } {
  const [code = "", ...others] = language.trim().toLowerCase().split(/[-_]/);
  const common = commonOf.get(code) ?? names.get(code) ?? code;
  return { common, region: others.map((it) => `-${it}`).join("") };
}
