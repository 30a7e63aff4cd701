import { pipeline, source, z } from 'baton-ml'

import { invoices as invoiceLines } from '../contracts/invoices.ts'

/** Every Monday: who is about to leave? The champion says, and the CRM hears of each customer once. */
export default pipeline('score', {
  params: z.object({
    horizon_days: z.int().positive().default(30),
    history_months: z.int().positive().default(4),
    purpose: z.enum(['train', 'score']).default('score'),
    alert_from: z.number().min(0).max(1).default(0.8).describe('notify the CRM from this churn probability on'),
  }),
  schedule: 'Mon 06:30 Europe/Berlin',
  steps(p) {
    const marketing = p.env('MARKETING_DB', { default: 'sqlite:data/raw/marketing.db' })

    const invoices = p.ingest('invoices', { from: source(marketing), table: 'invoices', contract: invoiceLines })
    const customers = p.sql('customers-now', { file: 'sql/customers.sql', inputs: { invoices } })
    const scored = p.predict('scored', { model: 'churn@champion', input: customers })
    return p.notify('crm', {
      input: scored,
      when: `churn_probability >= ${p.params.alert_from}`,
      to: p.env('CRM_URL', { default: 'http://127.0.0.1:8787/notifications' }),
      key: 'customer_id',
      batch: 100,
    })
  },
})
