import { useState } from 'react'

import type { ArtifactEntry } from '../../../src/http/native/contract/artifact.ts'
import type { RunDetail } from '../../../src/http/native/contract/run.ts'
import { useUrlState } from '../router.tsx'
import { formatBytes } from '../ui/quantities.ts'
import { Empty, Failure, LoadingLines } from '../ui/states.tsx'
import { ArtifactViewer } from './artifact-viewer.tsx'
import { useArtifacts } from './requests.ts'

/** What a run has left: a tree of files, and a viewer for the chosen one. */
export function Artifacts({ run }: { readonly run: RunDetail }) {
  const [url, setUrl] = useUrlState()
  const { data, error, refetch } = useArtifacts(run.id, '')
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (data === undefined) return <LoadingLines lines={6} />
  if (data.entries.length === 0)
    return (
      <Empty title="It has left no artifact" command="mlflow.log_artifact('confusion.png')">
        Models, reports and files of its steps are shown here, and what an MLflow client logs.
      </Empty>
    )
  const path = url['path']
  return (
    <div className="artifacts" style={{ marginTop: 16 }}>
      <nav aria-label="Artifacts">
        <Folder run={run.id} path="" chosen={path} onChoose={(next) => setUrl({ path: next })} />
      </nav>
      {path === undefined ? (
        <p className="muted">Choose a file to see it.</p>
      ) : (
        <ArtifactViewer key={path} run={run.id} path={path} />
      )}
    </div>
  )
}

interface FolderProps {
  readonly run: string
  readonly path: string
  readonly chosen: string | undefined
  readonly onChoose: (path: string) => void
}

function Folder({ run, path, chosen, onChoose }: FolderProps) {
  const { data, error } = useArtifacts(run, path)
  if (error !== null) return <p className="muted">{error.message}</p>
  if (data === undefined) return <LoadingLines lines={2} />
  return (
    <ul className="tree">
      {data.entries.map((entry) => (
        <Entry
          key={entry.path}
          entry={entry}
          run={run}
          path={path}
          chosen={chosen}
          onChoose={onChoose}
          isOnly={data.entries.length <= 3}
        />
      ))}
    </ul>
  )
}

function Entry({
  entry,
  isOnly,
  ...folder
}: FolderProps & { readonly entry: ArtifactEntry; readonly isOnly: boolean }) {
  const [isOpen, setOpen] = useState(
    isOnly || (folder.chosen?.startsWith(`${entry.path}/`) ?? false) || folder.chosen === entry.path,
  )
  if (entry.isFolder)
    return (
      <li>
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <span className="faint" aria-hidden="true">
            {isOpen ? '▾' : '▸'}
          </span>
          <span className="clip">{entry.name}</span>
        </button>
        {isOpen ? <Folder {...folder} path={entry.path} /> : null}
      </li>
    )
  return (
    <li>
      <button type="button" aria-current={folder.chosen === entry.path} onClick={() => folder.onChoose(entry.path)}>
        <span className="clip grow">{entry.name}</span>
        <span className="faint mono">{entry.sizeBytes === undefined ? '' : formatBytes(entry.sizeBytes)}</span>
      </button>
    </li>
  )
}
