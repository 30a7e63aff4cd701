import { Dialog } from '../ui/dialog.tsx'

const keys: readonly (readonly [string, string])[] = [
  ['⌘K · Ctrl K', 'find a run, dataset, model or page'],
  ['/', 'write a filter'],
  ['j  k', 'down and up in the table of runs'],
  ['x', 'select the run under the cursor'],
  ['Enter', 'open it'],
  ['c', 'compare the selected runs'],
  ['Esc', 'close; clear the selection'],
  ['?', 'this help'],
]

export function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog label="Keys and help" onClose={onClose}>
      <div className="dialog-body">
        <h2>Keys</h2>
        <dl className="facts">
          {keys.map(([key, meaning]) => (
            <div key={key} style={{ display: 'contents' }}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
        <h2>Filters</h2>
        <p className="muted">The grammar of MLflow's search: comparisons joined by AND.</p>
        <code className="code-line">metrics.rocAuc &gt; 0.7 and params.learner = 'prophet'</code>
        <code className="code-line">status = 'FAILED' and attributes.run_name LIKE 'night%'</code>
        <h2>From scripts</h2>
        <p className="muted">
          MLflow clients: <span className="mono">export MLFLOW_TRACKING_URI={location.origin}</span>. The interface of
          this page is described at <a href="/docs">/docs</a>.
        </p>
      </div>
      <form method="dialog" className="dialog-foot">
        <button type="submit" className="button">
          Close
        </button>
      </form>
    </Dialog>
  )
}
