import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { execPath } from 'node:process'

import { throwIfAborted } from '../../kernel/errors.ts'
import { defineAction } from '../command.ts'

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const hook = new URL(`../../define/register-hook.${extension}`, import.meta.url).href
const everyTest = 'tests/**/*.test.ts'

/** Node's own test runner in the project's folder; `baton-ml` means the Baton that runs, installed there or not. */
export const testAction = defineAction<{ readonly passed: boolean }>({
  async run(shell, input) {
    const { root } = await shell.config()
    const files = input.args.flat().filter((file) => file !== undefined)
    const child = spawn(execPath, ['--import', hook, '--test', ...(files.length === 0 ? [everyTest] : files)], {
      cwd: root,
      // With --json the standard output is for the one document.
      stdio: ['ignore', shell.global.json ? 2 : 'inherit', 'inherit'],
    })
    const stop = () => child.kill()
    shell.signal.addEventListener('abort', stop, { once: true })
    const [exitCode] = (await once(child, 'close')) as [number | null]
    shell.signal.removeEventListener('abort', stop)
    throwIfAborted(shell.signal)
    return { passed: exitCode === 0 }
  },
  text: () => '',
  exitCode: ({ passed }) => (passed ? 0 : 1),
})
