export { openLocalArtifacts } from './local-artifacts.ts'
