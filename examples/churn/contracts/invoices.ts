import { dataContract } from 'baton-ml'

/** What marketing promises about the invoice lines, and what we refuse to build on. */
export const invoices = dataContract({
  name: 'invoices',
  owner: 'marketing-data@shop.example',
  description: 'One row per invoice line of the shop, as the till wrote it.',
  columns: {
    InvoiceNo: { type: 'string', nullable: false, description: 'starts with C when it is a cancellation' },
    StockCode: { type: 'string', nullable: false },
    Description: { type: 'string', nullable: true },
    Quantity: { type: 'integer', nullable: false, min: -100_000, max: 100_000 },
    InvoiceDate: { type: 'timestamp', nullable: false, min: '2000-01-01' },
    UnitPrice: { type: 'double', nullable: false, min: -20_000, max: 50_000, description: 'pounds sterling' },
    CustomerID: { type: 'integer', nullable: true, min: 1 },
    Country: { type: 'string', nullable: false },
  },
  maxQuarantineShare: 0.01,
})
