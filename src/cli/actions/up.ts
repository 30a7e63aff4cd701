import { defineAction } from '../command.ts'
import { InvalidOptionError } from '../errors.ts'
import { type CommandInput, countOption, textOption } from '../input.ts'

const levels = ['debug', 'info', 'warn', 'error']

function portOf(input: CommandInput): number {
  const port = countOption(input, 'port', 0) ?? 5000
  if (port > 65_535) throw new InvalidOptionError('--port', String(port), 'a port from 0 to 65535')
  return port
}

function logLevelOf(input: CommandInput): string {
  const level = textOption(input, 'logLevel') ?? 'info'
  if (!levels.includes(level)) throw new InvalidOptionError('--log-level', level, levels.join(', '))
  return level
}

/** Resolves when the signal fires. */
function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

export const upAction = defineAction<{ readonly url: string }>({
  async run(shell, input) {
    await using server = await shell.serve({
      host: textOption(input, 'host') ?? '127.0.0.1',
      port: portOf(input),
      logLevel: logLevelOf(input),
      log: (line) => shell.remarks.write(line),
    })
    shell.remark(`Baton is up at ${server.url}`)
    shell.remark(`For MLflow clients:  export MLFLOW_TRACKING_URI=${server.url}`)
    shell.remark('Ctrl-C stops it when the requests under way are answered.')
    await stopped(shell.signal)
    return { url: server.url }
  },
  text: () => '',
})
