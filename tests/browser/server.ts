import { kill } from 'node:process'

import { startBaton } from '../system/project.ts'

/** A `baton up` of its own process on a free port; stopped with it. */
export interface TestServer extends AsyncDisposable {
  readonly url: string
}

export async function startServer(project: string, env: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const { child, ended } = startBaton(project, ['up', '--port', '0'], env)
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    const read = (piece: string): void => {
      text += piece
      const found = /Baton is up at (http:\/\/\S+)/.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout!.on('data', read)
    child.stderr!.on('data', read)
    void ended.then(({ stdout, stderr }) => reject(new Error(`baton up ended: ${stdout}${stderr}`)))
  })
  return {
    url,
    async [Symbol.asyncDispose]() {
      kill(child.pid!, 'SIGTERM')
      await ended
    },
  }
}
