import type { ArtifactEntry } from '../../ports/artifact-store.ts'
import { getRun } from '../../modules/tracking/index.ts'
import { cleanPath, joinPath, needStoredPath, runArtifactUri } from './artifact-uri.ts'
import { mlflowRoute } from './route.ts'
import { runId, runIdOf } from './run-id.ts'
import { text, unlessEmpty } from './wire.ts'

export const artifactRoutes = [
  mlflowRoute({
    methods: ['GET'],
    path: '/mlflow/artifacts/list',
    summary: 'The artifacts of a run in a folder',
    request: runId.extend({ path: text.nullish(), page_token: text.nullish() }),
    async answer({ tracking, artifacts }, request) {
      const run = await getRun(tracking, runIdOf(request))
      const uri = run.artifactUri ?? runArtifactUri(run.id, { id: run.experimentId })
      const folder = cleanPath(request.path)
      const entries = await artifacts.list(joinPath(needStoredPath(uri), folder))
      return { root_uri: uri, ...unlessEmpty('files', presentFiles(entries, folder)) }
    },
  }),
]

/** Entries as `FileInfo`, their paths below the given folder. */
export function presentFiles(entries: readonly ArtifactEntry[], folder: string): readonly object[] {
  return entries.map(({ name, isFolder, sizeBytes }) => ({
    path: joinPath(folder, name),
    is_dir: isFolder,
    ...(sizeBytes === undefined ? {} : { file_size: sizeBytes }),
  }))
}
