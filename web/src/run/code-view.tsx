import type { RunDetail } from '../../../src/http/native/contract/run.ts'
import { Facts, Section } from '../ui/page.tsx'
import { formatBytes } from '../ui/quantities.ts'
import { Failure, LoadingLines } from '../ui/states.tsx'
import { Diff } from './diff.tsx'
import { useRunDiff } from './requests.ts'

/** The exact code and machine of a run. */
export function CodeView({ run }: { readonly run: RunDetail }) {
  const { code, environment, command } = run
  const hasDiff = code?.hasDiff === true
  const diff = useRunDiff(run.id, { enabled: hasDiff })
  return (
    <>
      <div className="columns">
        <Section title="Code">
          {code === undefined ? (
            <p className="muted">No state of the code was recorded.</p>
          ) : (
            <Facts
              rows={[
                [
                  'commit',
                  code.commit === undefined ? (
                    'none: outside git, or before the first commit'
                  ) : (
                    <span className="mono">{code.commit}</span>
                  ),
                ],
                ['branch', code.branch],
                ['working tree', code.dirty ? 'differed from the commit; the difference is below' : 'as the commit'],
                ['command', command === undefined ? undefined : <code>{command.join(' ')}</code>],
                ['again', <code key="again">baton reproduce {run.shortId}</code>],
              ]}
            />
          )}
        </Section>
        <Section title="Machine and software">
          {environment === undefined ? (
            <p className="muted">No environment was recorded.</p>
          ) : (
            <EnvironmentFacts environment={environment} />
          )}
        </Section>
      </div>
      {hasDiff ? (
        <Section title="Uncommitted difference">
          {diff.error !== null ? (
            <Failure error={diff.error} />
          ) : diff.data === undefined ? (
            <LoadingLines lines={8} />
          ) : (
            <Diff diff={diff.data} />
          )}
        </Section>
      ) : null}
    </>
  )
}

const labels: Readonly<Record<string, string>> = {
  host: 'host',
  user: 'user',
  platform: 'platform',
  cpuModel: 'processor',
  cpuCount: 'cores',
  memoryBytes: 'memory',
  gpus: 'graphics',
  python: 'Python',
  nodeVersion: 'Node',
  batonVersion: 'Baton',
}

function EnvironmentFacts({ environment }: { readonly environment: Readonly<Record<string, unknown>> }) {
  const known = Object.entries(labels).map(([key, label]): readonly [string, React.ReactNode] => {
    const value = environment[key]
    if (value === undefined || value === null) return [label, undefined]
    if (key === 'memoryBytes' && typeof value === 'number') return [label, formatBytes(value)]
    return [label, typeof value === 'object' ? JSON.stringify(value) : JSON.stringify(value).replaceAll('"', '')]
  })
  const locks = Object.keys((environment['lockfiles'] as object | undefined) ?? {})
  return <Facts rows={[...known, ['lock files', locks.length === 0 ? 'none' : locks.join(', ')]]} />
}
