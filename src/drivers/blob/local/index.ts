export { blobPath } from './layout.ts'
export { openLocalBlobs } from './local-blobs.ts'
