export { openLocalBlobs } from './local-blobs.ts'
