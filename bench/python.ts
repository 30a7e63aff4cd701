import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('..', import.meta.url))

/** The folder of the programs of the peers (scikit-learn, DVC), in a virtual environment made at the first call. */
export function peerPrograms(): string {
  const script = join(repository, 'scripts/python-venv.sh')
  execFileSync('sh', [script, '.venv-bench', 'bench/requirements.txt'], { stdio: ['ignore', 2, 2] })
  return join(repository, '.venv-bench/bin')
}
