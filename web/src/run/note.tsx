import { useState } from 'react'

import type { RunDetail } from '../../../src/http/native/contract/run.ts'
import { Markdown } from '../ui/markdown.tsx'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/states.tsx'
import { useSaveNote } from './requests.ts'

/** What was found and decided, in Markdown; a failure to keep it keeps what was typed. */
export function Note({ run }: { readonly run: RunDetail }) {
  const [draft, setDraft] = useState<string | undefined>()
  const save = useSaveNote(run.id)
  const edit = (
    <button type="button" className="button quiet" onClick={() => setDraft(run.note)}>
      {run.note === '' ? 'Write' : 'Edit'}
    </button>
  )
  if (draft === undefined)
    return (
      <Section title="Note and conclusion" aside={edit}>
        {run.note === '' ? (
          <p className="muted">Nothing is written yet: what was found, what was decided?</p>
        ) : (
          <Markdown text={run.note} />
        )}
      </Section>
    )
  const keep = (): void => save.mutate(draft, { onSuccess: () => setDraft(undefined) })
  return (
    <Section title="Note and conclusion">
      <div className="columns">
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault()
            keep()
          }}
        >
          <textarea
            className="textarea mono"
            aria-label="Note in Markdown"
            rows={10}
            maxLength={8000}
            autoFocus
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) keep()
            }}
          />
          {save.error === null ? null : <Problem error={save.error} />}
          <div className="row">
            <button type="submit" className="button primary" disabled={save.isPending}>
              Keep
            </button>
            <button type="button" className="button" onClick={() => setDraft(undefined)}>
              Leave as it was
            </button>
            <span className="faint">Markdown · Ctrl Enter keeps it</span>
          </div>
        </form>
        <div aria-label="Preview">
          {draft.trim() === '' ? <p className="faint">The preview comes here.</p> : <Markdown text={draft} />}
        </div>
      </div>
    </Section>
  )
}
