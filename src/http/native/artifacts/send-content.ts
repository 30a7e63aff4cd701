import type { FastifyReply } from 'fastify'

import type { ArtifactContent } from './find-artifact.ts'

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  htm: 'text/html; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
  json: 'application/json; charset=utf-8',
}
const texts = new Set(
  'txt log md csv tsv jsonl ndjson yaml yml toml py ts js sql sh r cfg ini mlmodel requirements lock xml css'.split(
    ' ',
  ),
)

function typeOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const ending = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : name
  return types[ending] ?? (texts.has(ending) ? 'text/plain; charset=utf-8' : 'application/octet-stream')
}

/**
 * Sends an artifact. It was made by somebody's code, so a browser must not take it for a part of this page: it runs
 * in a sandbox of no origin, reaches no network, and its type is not guessed.
 */
export function sendContent(
  reply: FastifyReply,
  { content, sizeBytes }: ArtifactContent,
  { path, download }: { readonly path: string; readonly download: boolean },
): FastifyReply {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const disposition = download ? 'attachment' : 'inline'
  return reply
    .type(typeOf(path))
    .header('content-length', sizeBytes)
    .header('content-disposition', `${disposition}; filename*=UTF-8''${encodeURIComponent(name)}`)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'private, no-cache')
    .header(
      'content-security-policy',
      "sandbox allow-scripts; default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; font-src data:; script-src 'unsafe-inline' 'unsafe-eval'",
    )
    .send(content)
}
