import { posix } from 'node:path'

import type { FastifyReply, FastifyRequest } from 'fastify'

import type { ArtifactStore, ByteRange } from '../../ports/artifact-store.ts'
import { mediaTypeOf } from './media-type.ts'

/** Sends a file as a download, whole or the range that was asked for. */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { artifacts, path }: { readonly artifacts: ArtifactStore; readonly path: string },
): Promise<FastifyReply> {
  const name = posix.basename(path)
  const total = await artifacts.size(path)
  const range = rangeOf(request.headers.range, total)
  const { content, sizeBytes } = await artifacts.open(path, range)
  if (range !== undefined) {
    void reply.status(206).header('content-range', `bytes ${range.first}-${range.last}/${total}`)
  }
  return reply
    .headers({
      'content-type': mediaTypeOf(name),
      'content-length': sizeBytes,
      'accept-ranges': 'bytes',
      // The file is somebody's work and may be HTML: shown as a page of this server it could act as its reader.
      'content-disposition': `attachment; filename="${name.replaceAll(/[^\x20-\x7e]|["\\]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`,
      'x-content-type-options': 'nosniff',
    })
    .send(content)
}

/** One range of a whole file; anything else is answered with the whole file, as HTTP allows. */
function rangeOf(header: string | undefined, total: number): ByteRange | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (found === null || (found[1] === '' && found[2] === '') || total === 0) return undefined
  const [, first, last] = found
  if (first === '') return { first: Math.max(0, total - Number(last)), last: total - 1 }
  if (Number(first) >= total) return undefined
  return { first: Number(first), last: Math.min(last === '' ? total - 1 : Number(last), total - 1) }
}
