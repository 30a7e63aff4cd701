/** The first bytes of an answer as text; the rest is not read. A body that breaks off gives what came. */
export async function readStart(response: Response, mostBytes: number): Promise<string> {
  const reader = response.body?.getReader()
  if (reader === undefined) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    while (size < mostBytes) {
      const { done, value } = await reader.read()
      if (done) break
      chunks.push(value)
      size += value.byteLength
    }
    await reader.cancel()
  } catch {
    // The status came; the text is only for a person.
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8').trim()
}
