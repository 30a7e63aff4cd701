import process from 'node:process'

import { runCli } from './cli/cli.ts'
import { InterruptedError } from './kernel/errors.ts'

// The only file that may end the process.

const controller = new AbortController()

function stop(): void {
  if (controller.signal.aborted) process.exit(130)
  process.stderr.write('\nStopping; press Ctrl-C again to stop at once.\n')
  controller.abort(new InterruptedError())
}

process.on('SIGINT', stop)
process.on('SIGTERM', () => controller.abort(new InterruptedError()))
// The reader went away (`baton runs list | head`): there is nobody left to write for.
process.stdout.on('error', () => process.exit(0))
process.stderr.on('error', () => undefined)

const exitCode = await runCli({
  argv: process.argv.slice(2),
  cwd: process.cwd(),
  // The environment enters here; config/ alone looks into it, and NO_COLOR is for the printer.
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
  now: () => new Date(),
  backend: {
    async openApp(config, options) {
      const { openApp } = await import('./app.ts')
      return openApp(config, options)
    },
    async openTools() {
      const { openTools } = await import('./app.ts')
      return openTools()
    },
    async openServer(config, options) {
      const { openServer } = await import('./app.ts')
      return openServer(config, options)
    },
  },
})

// Output that is still on its way is written before the process ends.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)))
