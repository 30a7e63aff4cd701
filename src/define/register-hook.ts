import { registerResolveHook } from './resolve-hook.ts'

// For `node --import`: a process of its own finds baton-ml too.
registerResolveHook()
