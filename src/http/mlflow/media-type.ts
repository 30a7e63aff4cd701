import { posix } from 'node:path'

const text = ['.txt', '.log', '.md', '.py', '.js', '.ts', '.yaml', '.yml', '.conf', '.cfg', '.ini', '.toml', '.sql']
const types: Readonly<Record<string, string>> = {
  ...Object.fromEntries(text.map((extension) => [extension, 'text/plain'])),
  '.json': 'application/json',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.csv': 'text/csv',
  '.tsv': 'text/tab-separated-values',
  '.xml': 'text/xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
  '.bmp': 'image/bmp',
  '.pdf': 'application/pdf',
  '.zip': 'application/zip',
  '.gz': 'application/gzip',
  '.parquet': 'application/vnd.apache.parquet',
}

/** Files that MLflow writes without an extension. */
const plainNames = ['MLmodel', 'MLproject']

/** The media type of a file by its name. */
export function mediaTypeOf(name: string): string {
  if (plainNames.includes(name)) return 'text/plain'
  return types[posix.extname(name).toLowerCase()] ?? 'application/octet-stream'
}
