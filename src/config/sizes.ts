const factors: Readonly<Record<string, number>> = {
  b: 1,
  k: 1e3,
  kb: 1e3,
  kib: 1024,
  m: 1e6,
  mb: 1e6,
  mib: 1024 ** 2,
  g: 1e9,
  gb: 1e9,
  gib: 1024 ** 3,
  t: 1e12,
  tb: 1e12,
  tib: 1024 ** 4,
}

/** The bytes of a size as people write it (`512 MB`, `1.5GiB`), or undefined when it is none. */
export function parseSize(text: string): number | undefined {
  const parts = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(text)
  const factor = factors[parts?.[2]?.toLowerCase() ?? '']
  return parts === null || factor === undefined ? undefined : Math.round(Number(parts[1]) * factor)
}
