import type { Run } from '../../../modules/tracking/index.ts'
import type { BlobStore } from '../../../ports/blob-store.ts'
import type { RunDiff } from '../contract/run.ts'

const mostBytes = 2 << 20
const factsMark = '# baton: '

/** The uncommitted difference that a run has used, as text; its first line tells what it does not hold. */
export async function readRunDiff(blobs: BlobStore, run: Run): Promise<RunDiff> {
  const digest = run.code?.diffDigest
  if (digest === undefined) return { text: '', truncated: false, omitted: [] }
  const bytes = Buffer.from(await blobs.get(digest))
  const text = bytes.subarray(0, mostBytes).toString('utf8')
  const lineEnd = text.indexOf('\n')
  const hasFacts = text.startsWith(factsMark) && lineEnd !== -1
  const facts = hasFacts ? (JSON.parse(text.slice(factsMark.length, lineEnd)) as { omitted?: Omitted[] }) : {}
  return {
    text: hasFacts ? text.slice(lineEnd + 1) : text,
    truncated: bytes.length > mostBytes,
    omitted: (facts.omitted ?? []).map(({ path, reason }) => ({ path, reason: reason ?? 'not kept' })),
  }
}

interface Omitted {
  readonly path: string
  readonly reason?: string
}
