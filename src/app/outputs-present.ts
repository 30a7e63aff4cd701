import { type DatasetsContext, hasVersion } from '../modules/datasets/index.ts'
import type { OutputRef } from '../modules/pipelines/index.ts'
import type { FolderStore } from '../ports/folder-store.ts'

/** Says which outputs of earlier steps the store still holds. A value is kept in the record itself. */
export function createOutputsPresent(
  datasets: DatasetsContext,
  folders: FolderStore,
): (outputs: readonly OutputRef[]) => Promise<readonly boolean[]> {
  return (outputs) =>
    Promise.all(
      outputs.map(async (output) => {
        switch (output.kind) {
          case 'value':
            return true
          case 'table':
            return hasVersion(datasets, output)
          case 'model':
          case 'report':
          case 'files':
            return folders.has(output.digest)
        }
      }),
    )
}
