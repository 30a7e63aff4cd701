import { openLocalBlobs } from './local-blobs.ts'

/** Stores blobs of 300 kB without end and says the digest of each when it is acknowledged. */
const folder = process.argv[2]!
const blobs = openLocalBlobs(folder)
for (let turn = 0; ; turn += 1) {
  const bytes = Buffer.alloc(300_000, `${process.pid} ${turn} `)
  process.send!(await blobs.put(bytes))
}
