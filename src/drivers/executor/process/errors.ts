import { BatonError } from '../../../kernel/errors.ts'

/** A command that the system could not start. */
export class CommandNotStartedError extends BatonError {
  constructor(command: string, cwd: string, cause: unknown) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    super({
      code: 'executor.command_not_started',
      kind: 'unavailable',
      message: `The command ${command} could not be started (${reason}).`,
      hint: 'Check that it is installed and executable, and that the folder it runs in exists.',
      details: { command, cwd },
      cause,
    })
  }
}
