/** Runs processes on this machine. */
export { createProcessExecutor, type ProcessExecutorOptions } from './process-executor.ts'
