import { pipeline, source, time, z } from 'baton-ml'

import { churn } from '../contracts/churn.ts'
import { invoices as invoiceLines } from '../contracts/invoices.ts'

/** Raw invoices to a registered churn model. Read it from top to bottom, as the data flows. */
export default pipeline('churn', {
  params: z.object({
    horizon_days: z.int().positive().default(30).describe('churned = no order for this many days'),
    purpose: z.enum(['train', 'score']).default('train'),
    history_months: z.int().positive().default(4).describe('months of orders that the first snapshot needs'),
  }),
  schedule: 'Mon 06:00 Europe/Berlin',
  steps(p) {
    const marketing = p.env('MARKETING_DB', { default: 'sqlite:data/raw/marketing.db' })

    const invoices = p.ingest('invoices', { from: source(marketing), table: 'invoices', contract: invoiceLines })
    const customers = p.sql('customers', { file: 'sql/customers.sql', inputs: { invoices } })
    const split = p.split('split', {
      input: customers,
      by: time('snapshot'),
      test: '1 month',
      validation: '1 month',
      gap: `${p.params.horizon_days} days`,
    })
    const model = p.train('train', {
      run: 'src/train.ts',
      inputs: { train: split.train, validation: split.validation },
    })
    const report = p.evaluate('evaluate', {
      model,
      data: split.test,
      train: split.train,
      validation: split.validation,
      contract: churn,
    })
    return p.register('register', { model, report, contract: churn, alias: 'challenger' })
  },
})
