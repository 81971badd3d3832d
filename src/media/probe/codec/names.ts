/**
 * One codec has many names: each container numbers or spells it in its own way, and people type yet
 * others. Here is the one that the library says, and whom it goes by otherwise.
 *
 * @module
 */

/** Common name, as mediabunny and ffprobe say it → all others: of containers, tools and people. */
const table: Record<string, readonly string[]> = {
  avc: ["h264", "h.264", "x264", "avc1", "avc3", "mpeg4avc", "V_MPEG4/ISO/AVC"],
  hevc: ["h265", "h.265", "x265", "hvc1", "hev1", "V_MPEGH/ISO/HEVC"],
  vvc: ["h266", "h.266", "x266", "vvc1", "vvi1", "V_MPEGI/ISO/VVC"],
  av1: ["av01", "V_AV1"],
  vp9: ["vp09", "V_VP9"],
  vp8: ["vp08", "V_VP8"],
  mpeg4: [
    ...["mp4v", "mpeg-4", "xvid", "divx", "dx50", "fmp4", "h263+"],
    ...["V_MPEG4/ISO/ASP", "V_MPEG4/ISO/SP", "V_MPEG4/ISO/AP", "V_MPEG4"],
  ],
  msmpeg4v3: ["div3", "mp43", "V_MPEG4/MS/V3"],
  mpeg2video: ["mpeg2", "mpeg-2", "h262", "h.262", "mp2v", "mpg2", "V_MPEG2"],
  mpeg1video: ["mpeg1", "mpeg-1", "mp1v", "V_MPEG1"],
  mjpeg: ["mjpg", "mjpa", "mjpb", "motion-jpeg", "V_MJPEG"],
  theora: ["theo", "V_THEORA"],
  vc1: ["vc-1", "wvc1"],
  wmv3: ["wmv9"],
  prores: ["ap4x", "ap4h", "apch", "apcn", "apcs", "apco", "V_PRORES"],
  h263: ["h.263", "s263"],
  dvvideo: ["dv", "dvsd", "dvc", "dvcp"],
  ffv1: ["V_FFV1"],

  aac: ["mp4a", "A_AAC", "A_AAC/MPEG2/LC", "A_AAC/MPEG4/LC", "A_AAC/MPEG4/LC/SBR"],
  ac3: ["ac-3", "dolby", "A_AC3", "A_AC3/BSID9", "A_AC3/BSID10"],
  eac3: ["e-ac-3", "ec-3", "ddp", "dd+", "A_EAC3"],
  dts: ["dca", "dts-hd", "dtsc", "dtsh", "dtsl", "A_DTS", "A_DTS/EXPRESS", "A_DTS/LOSSLESS"],
  truehd: ["mlp", "atmos", "mlpa", "A_TRUEHD", "A_MLP"],
  mp3: ["mpeg3", ".mp3", "A_MPEG/L3"],
  mp2: ["A_MPEG/L2"],
  mp1: ["A_MPEG/L1"],
  flac: ["fLaC", "A_FLAC"],
  opus: ["A_OPUS"],
  vorbis: ["ogg", "A_VORBIS"],
  alac: ["A_ALAC"],
  "pcm-u8": ["pcm_u8"],
  "pcm-s16": ["pcm_s16le", "sowt"],
  "pcm-s16be": ["pcm_s16be", "twos"],
  "pcm-s24": ["pcm_s24le"],
  "pcm-s24be": ["pcm_s24be", "in24"],
  "pcm-s32": ["pcm_s32le"],
  "pcm-s32be": ["pcm_s32be", "in32"],
  "pcm-f32": ["pcm_f32le"],
  "pcm-f64": ["pcm_f64le"],
  ulaw: ["pcm_mulaw", "mulaw"],
  alaw: ["pcm_alaw"],
};

/** What people mean by one word, and the library tells apart. */
const families: Record<string, readonly string[]> = {
  pcm: Object.keys(table).filter((name) => name.startsWith("pcm-")),
  wav: Object.keys(table).filter((name) => name.startsWith("pcm-")),
  vc1: ["vc1", "wmv3"],
  "vc-1": ["vc1", "wmv3"],
};

const commonNames = new Map(
  Object.entries(table).flatMap(([common, others]) =>
    [common, ...others].map((name) => [name.toLowerCase(), common] as const)
  ),
);

/** "V_MPEG2" → "mpeg2video", "x265" → "hevc"; what nobody knows stays as it stands. */
export function commonCodec(name: string): string {
  return commonNames.get(name.toLowerCase()) ?? name;
}

/**
 * All that a name may stand as in a library that is older than this table: "mpeg2" → "mpeg2video",
 * "V_MPEG2", … The common one comes first.
 */
export function codecSpellings(name: string): string[] {
  const wanted = families[name.toLowerCase()] ?? [commonCodec(name)];
  return wanted.flatMap((common) => [common, ...table[common] ?? []]);
}
