/**
 * Where files begin on their disk, as `filefrag` of e2fsprogs tells (by FIEMAP, which needs no
 * rights beyond reading the file).
 *
 * @module
 */

/** `-v` lists the extents; `-e` in one and the same format for every file system. */
export function filefragArgs(paths: readonly string[]): string[] {
  return ["-e", "-v", "--", ...paths];
}

/*
 * File size of /films/a.mkv is 9000000 (2198 blocks of 4096 bytes)
 *  ext:     logical_offset:        physical_offset: length:   expected: flags:
 *    0:        0..    1023:      34816..     35839:   1024:
 *    1:     1024..    2197:      40960..     42133:   1174:      35840: last,eof
 * /films/a.mkv: 2 extents found
 */
const EXTENT = /^ *\d+: *\d+\.\. *\d+: *(\d+)\.\. *\d+: *\d+:(.*)$/m;
const BLOCK_SIZE = /^(\d+) \(\d+ blocks? of (\d+) bytes\)$/m;
/** Extents whose place on the disk means nothing, or is not settled yet. */
const NO_PLACE = /\b(unknown(_loc)?|delalloc|inline|not_aligned)\b/;

/**
 * The first byte of each file on its disk, in the order of `paths`; undefined for files that the
 * output does not tell of, or that have none: empty ones, and those kept inside their inode.
 *
 * @param output Of filefragArgs(paths); a file name may hold anything, line breaks included
 */
export function parseFilefrag(
  output: string,
  paths: readonly string[],
): (number | undefined)[] {
  const headings = paths.map((path) => `File size of ${path} is `);
  let from = 0;
  const begins = headings.map((heading) => {
    const at = output.indexOf(heading, from);
    if (at >= 0) from = at + heading.length;
    return at < 0 ? undefined : from;
  });
  return begins.map((begin, index) => {
    if (begin === undefined) return undefined;
    const next = begins.slice(index + 1).find((it) => it !== undefined) ?? output.length;
    const text = output.slice(begin, next);
    const extent = EXTENT.exec(text);
    if (!extent || NO_PLACE.test(extent[2]!)) return undefined;
    return Number(extent[1]) * Number(BLOCK_SIZE.exec(text)?.[2] ?? 1);
  });
}
