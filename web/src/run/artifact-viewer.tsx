import { useQuery } from '@tanstack/react-query'

import { apiUrl, segment } from '../api/fetch-json.ts'
import { HeadTable } from '../ui/head-table.tsx'
import { Markdown } from '../ui/markdown.tsx'
import { Failure, LoadingLines, LoadingRows } from '../ui/states.tsx'
import { useArtifactTable } from './requests.ts'

type Kind = 'image' | 'page' | 'table' | 'json' | 'markdown' | 'text' | 'other'

const kinds: Readonly<Record<string, Kind>> = {
  png: 'image',
  jpg: 'image',
  jpeg: 'image',
  gif: 'image',
  webp: 'image',
  svg: 'image',
  html: 'page',
  htm: 'page',
  pdf: 'page',
  csv: 'table',
  tsv: 'table',
  parquet: 'table',
  jsonl: 'table',
  ndjson: 'table',
  json: 'json',
  md: 'markdown',
}
const binary = /\.(onnx|pkl|pickle|bin|joblib|pt|pth|h5|npy|npz|zip|gz|tar|so|dll|safetensors)$/i
const shownBytes = 512 * 1024

function kindOf(path: string): Kind {
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase()
  return kinds[ending] ?? (binary.test(path) ? 'other' : 'text')
}

/** Shows an artifact as what it is; what it may do is for its own frame only. */
export function ArtifactViewer({ run, path }: { readonly run: string; readonly path: string }) {
  const url = apiUrl(`/runs/${segment(run)}/artifacts/content`, { path })
  const kind = kindOf(path)
  return (
    <div className="viewer">
      <div className="bar">
        <span className="mono clip grow" title={path}>
          {path}
        </span>
        {kind === 'page' ? (
          <a href={url} target="_blank" rel="noreferrer">
            Open alone
          </a>
        ) : null}
        <a href={apiUrl(`/runs/${segment(run)}/artifacts/content`, { path, download: true })}>Download</a>
      </div>
      <div className="content">
        <Content kind={kind} run={run} path={path} url={url} />
      </div>
    </div>
  )
}

function Content({
  kind,
  run,
  path,
  url,
}: {
  readonly kind: Kind
  readonly run: string
  readonly path: string
  readonly url: string
}) {
  switch (kind) {
    case 'image':
      return <img src={url} alt={path} />
    case 'page':
      return <iframe className="frame" src={url} title={path} sandbox="allow-scripts" />
    case 'table':
      return <TableContent run={run} path={path} />
    case 'other':
      return (
        <p className="muted" style={{ padding: 14 }}>
          This file is not made for reading. Download it to use it.
        </p>
      )
    case 'json':
    case 'markdown':
    case 'text':
      return <TextContent kind={kind} url={url} />
  }
}

function TableContent({ run, path }: { readonly run: string; readonly path: string }) {
  const { data, error } = useArtifactTable(run, path)
  if (error !== null) return <Failure error={error} />
  return data === undefined ? <LoadingRows rows={8} /> : <HeadTable table={data} />
}

function TextContent({ kind, url }: { readonly kind: Kind; readonly url: string }) {
  const { data, error } = useQuery({
    queryKey: ['artifact-text', url],
    queryFn: async ({ signal }) => {
      const response = await fetch(url, { signal })
      if (!response.ok) throw new Error(`The server answered ${response.status}.`)
      const blob = await response.blob()
      const text = await blob.slice(0, shownBytes).text()
      return { text, isCut: blob.size > shownBytes }
    },
  })
  if (error !== null) return <Failure error={error} />
  if (data === undefined) return <LoadingLines lines={8} />
  const cut = data.isCut ? <p className="notice warn">Only the first 512 kB are shown.</p> : null
  if (kind === 'markdown')
    return (
      <div style={{ padding: 14 }}>
        {cut}
        <Markdown text={data.text} />
      </div>
    )
  return (
    <>
      {cut}
      <pre>{kind === 'json' && !data.isCut ? pretty(data.text) : data.text}</pre>
    </>
  )
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
