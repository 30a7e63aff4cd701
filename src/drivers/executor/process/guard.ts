import { type ChildProcess, spawn } from 'node:child_process'

/**
 * A tiny shell that outlives us: it knows which process groups run, and ends them when its standard input ends, which
 * happens when this process is gone, also by SIGKILL. Only a child that starts a session of its own escapes it.
 */
const script = `
groups=""
while read -r verb group; do
  case $verb in
    add) groups="$groups $group" ;;
    drop) kept=""; for g in $groups; do [ "$g" = "$group" ] || kept="$kept $g"; done; groups=$kept ;;
  esac
done
[ -z "$groups" ] && exit 0
for g in $groups; do kill -TERM "-$g" 2>/dev/null; done
sleep 2
for g in $groups; do kill -KILL "-$g" 2>/dev/null; done
exit 0
`

/** Ends the children of a process that was killed. */
export interface Guard {
  /** Starts it, so that no group runs without it for longer than a write takes; also what a guard that died needs. */
  wake(): void
  add(groupId: number): void
  drop(groupId: number): void
}

/** Made without a process; it ends by itself with this process. */
export function createGuard(): Guard {
  const groups = new Set<number>()
  let shell: ChildProcess | undefined

  function start(): ChildProcess {
    const started = spawn('/bin/sh', ['-c', script], {
      detached: true,
      cwd: '/',
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    const forget = (): void => {
      if (shell === started) shell = undefined
    }
    started.on('error', forget).on('exit', forget)
    started.stdin?.on('error', forget)
    started.unref()
    // The pipe must not keep this process alive either; the type does not know that it is a socket.
    ;(started.stdin as unknown as { unref?: () => void } | null)?.unref?.()
    for (const group of groups) started.stdin?.write(`add ${group}\n`)
    return started
  }

  return {
    wake() {
      shell ??= start()
    },
    add(groupId) {
      if (shell) shell.stdin?.write(`add ${groupId}\n`)
      groups.add(groupId)
      shell ??= start()
    },
    drop(groupId) {
      groups.delete(groupId)
      shell?.stdin?.write(`drop ${groupId}\n`)
    },
  }
}
