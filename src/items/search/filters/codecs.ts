/**
 * One codec has many names: what people type, by what the library calls it.
 *
 * @module
 */

const video: Record<string, readonly string[]> = {
  avc: ["h264", "h.264", "x264", "avc1", "mpeg4avc"],
  hevc: ["h265", "h.265", "x265", "hvc1", "hev1"],
  av1: ["av01"],
  vp9: ["vp09"],
  vp8: [],
  mpeg4: ["xvid", "divx", "mpeg-4"],
  mpeg2: ["mpeg-2", "mpeg2video", "h262"],
  vc1: ["vc-1", "wmv3"],
  prores: [],
};

const audio: Record<string, readonly string[]> = {
  aac: ["mp4a"],
  ac3: ["ac-3", "dolby"],
  eac3: ["e-ac-3", "ec-3", "ddp", "dd+"],
  dts: ["dca", "dts-hd"],
  truehd: ["mlp", "atmos"],
  mp3: ["mpeg3"],
  flac: [],
  opus: [],
  vorbis: ["ogg"],
  pcm: ["wav", "pcm-s16"],
  alac: [],
};

/** "x265" → ["hevc"]; what nobody knows is taken as it stands. */
export const videoNames = (name: string) => namesIn(video, name);
export const audioNames = (name: string) => namesIn(audio, name);

function namesIn(table: Record<string, readonly string[]>, name: string): string[] {
  return [Object.keys(table).find((it) => it === name || table[it]!.includes(name)) ?? name];
}
